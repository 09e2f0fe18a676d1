import { RightOutlined } from '@ant-design/icons';
import type { ProjectView, SessionView } from '@hermes/contracts/console-api';
import { Empty, Input, Tag } from 'antd';
import { type ReactNode, useEffect, useState } from 'react';
import { Link } from 'react-router';
import { useTexts } from '../app/preferences.tsx';

const MANY = 9;

function ProjectCard({ project }: { readonly project: ProjectView }): ReactNode {
  const texts = useTexts();
  return (
    <li>
      <Link to={`/p/${project.id}`} className="card project-card">
        <span className="project-initial" aria-hidden="true">
          {[...project.name][0]}
        </span>
        <span className="project-words">
          <strong>{project.name}</strong>
          <span className="quiet">
            <code>{project.id}</code> · {project.timeZone} · {project.currency}
          </span>
        </span>
        <Tag variant="filled">{texts.role[project.role]}</Tag>
        <RightOutlined className="quiet" />
      </Link>
    </li>
  );
}

/** The projects of whoever is signed in. */
export function ProjectsPage({ session }: { readonly session: SessionView }): ReactNode {
  const texts = useTexts();
  const [wanted, setWanted] = useState('');
  useEffect(() => {
    document.title = `${texts.projects} · ${texts.product}`;
  }, [texts]);
  const needle = wanted.trim().toLowerCase();
  const shown = session.projects.filter(({ id, name }) => id.includes(needle) || name.toLowerCase().includes(needle));
  return (
    <div className="projects">
      <h1>{texts.chooseProject}</h1>
      <p className="quiet">{texts.projectsHelp}</p>
      {session.projects.length > MANY && (
        <Input.Search
          className="projects-search"
          placeholder={texts.findProject}
          aria-label={texts.findProject}
          value={wanted}
          onChange={(event) => setWanted(event.target.value)}
        />
      )}
      {session.projects.length === 0 ? (
        <div className="card projects-empty">
          <Empty image={Empty.PRESENTED_IMAGE_SIMPLE} description={texts.noProjects} />
          <p className="quiet">{session.user.operator ? texts.noProjectsOperator : texts.noProjectsMember}</p>
        </div>
      ) : (
        <ul className="project-list">
          {shown.map((project) => (
            <ProjectCard key={project.id} project={project} />
          ))}
        </ul>
      )}
    </div>
  );
}
