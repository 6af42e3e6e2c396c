export default {
  plugin: 'Plugin',
  choose: 'Choose one',
  others: 'Other settings',
  settings: 'Settings',
  unknown: (name: string) => `This server has no plugin “${name}”: its settings are shown as names and values.`,
  standard: (value: string) => `Default: ${value}`,
  required: 'required',
  none: 'It has no settings.',
  eachNode: (title: string) => `${title} (on each node)`,
};
