/** Bundles the dashboard's page when it has changed; returns whether it did. */
export function buildPage(): Promise<boolean>;
