import { setTimeout as sleep } from 'node:timers/promises';
import type { FeatureDraft } from '@hermes/contracts/feature';
import { FeatureView } from '@hermes/contracts/feature-api';
import type { z } from 'zod';
import type { FreshProject } from './fresh-project.ts';

export type FeaturePlan = Readonly<Record<string, z.input<typeof FeatureDraft>>>;

/** Publishes features through the product's API, as a person would. */
export async function publishFeatures(fresh: FreshProject, project: string, features: FeaturePlan): Promise<void> {
  for (const [id, draft] of Object.entries(features)) {
    await fresh.client.service('profile-store', 'PUT', `projects/${project}/features/${id}`, draft);
    await fresh.client.service('profile-store', 'POST', `projects/${project}/features/${id}/publish`);
  }
}

/** Resolves when each is answered; how they were filled comes with it. @throws Error that names one that is not, in time */
export async function untilLive(
  fresh: FreshProject,
  project: string,
  ids: readonly string[],
  withinMs: number,
): Promise<readonly FeatureView[]> {
  const endMs = performance.now() + withinMs;
  const views: FeatureView[] = [];
  for (const id of ids) {
    for (;;) {
      const answer = await fresh.client.service('profile-store', 'GET', `projects/${project}/features/${id}`);
      const view = FeatureView.parse(await answer.json());
      if (view.status === 'live') {
        views.push(view);
        break;
      }
      if (performance.now() > endMs) throw new Error(`${id} is ${view.status}: ${JSON.stringify(view.filling)}`);
      await sleep(100);
    }
  }
  return views;
}
