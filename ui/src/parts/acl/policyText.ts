// Where a new policy starts, and how people read who a rule is about.

// Policies of a project have no context of their own.
export function template(project: string): string {
  const context = project ? '' : "context:\n  project: '.*'\n";
  return `description: What these people may do, and why
${context}for:
  job:
    - allow: [read, run]
  node:
    - allow: [read, run]
  resource:
    - equals:
        kind: event
      allow: [read]
by:
  group: some-role
`;
}

// {"group": ["ops", "dev"], "username": []} → "group ops, dev".
export function subjectText(by: Record<string, string[]> | undefined): string {
  return Object.entries(by ?? {})
    .filter(([, names]) => names.length)
    .map(([kind, names]) => `${kind} ${names.join(', ')}`)
    .join('; ');
}

export const splitNames = (text: string) => text.split(',').map((name) => name.trim()).filter(Boolean);

// The attributes of a resource that were given; empty ones are unknown.
export function resourceOf(type: string, kind: string | undefined, properties: Record<string, string>) {
  const given = Object.fromEntries(Object.entries(properties).filter(([, value]) => value.trim()));
  return { type, ...(kind ? { kind } : {}), ...given };
}

export const ruleText = (rule: unknown) => (typeof rule === 'string' ? rule : JSON.stringify(rule));
