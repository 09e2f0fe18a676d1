-- The sweeper looks at each project by itself.
CREATE INDEX notification_due_of_project ON notification (project, due_at) WHERE status = 'pending';
DROP INDEX notification_due;
