/** The job that counts features of the event's subject, and the one that counts features of another key; in state keys and groups. */
export const PROFILE_JOB = 'profile-store';
export const KEYED_JOB = 'profile-store-keyed';
export type ProfileJob = typeof PROFILE_JOB | typeof KEYED_JOB;
