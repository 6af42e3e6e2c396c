// A job as the API's JSON has it (docs: job-json-v44). What is not named here is kept as it came.
export type Json = string | number | boolean | null | Json[] | { [key: string]: Json };
export type Flag = boolean | 'true' | 'false';

export interface Dispatch {
  threadcount?: string;
  keepgoing?: Flag;
  excludePrecedence?: Flag;
  successOnEmptyNodeFilter?: Flag;
  rankAttribute?: string;
  rankOrder?: string;
  nodeIntersect?: Flag;
}

export interface NodeFilters {
  filter?: string;
  filterExclude?: string;
  dispatch?: Dispatch;
}

export interface JobReference {
  name?: string;
  group?: string;
  project?: string;
  uuid?: string;
  useName?: Flag;
  args?: string;
  nodeStep?: Flag;
  importOptions?: Flag;
  failOnDisable?: Flag;
  childNodes?: Flag;
  ignoreNotifications?: Flag;
  nodefilters?: NodeFilters;
}

export interface Step {
  description?: string;
  exec?: string;
  script?: string;
  scriptfile?: string;
  scripturl?: string;
  args?: string;
  scriptInterpreter?: string;
  interpreterArgsQuoted?: Flag;
  fileExtension?: string;
  expandTokenInScriptFile?: Flag;
  jobref?: JobReference;
  type?: string;
  nodeStep?: Flag;
  configuration?: Record<string, Json>;
  errorhandler?: Step;
  keepgoingOnSuccess?: Flag;
  plugins?: { LogFilter?: PluginUse[] } & Record<string, Json | PluginUse[] | undefined>;
}

export interface PluginUse {
  type: string;
  config?: Record<string, Json>;
}

export interface OptionDefinition {
  name: string;
  label?: string;
  description?: string;
  type?: string;
  config?: Record<string, Json>;
  value?: string;
  values?: string[];
  valuesListDelimiter?: string;
  valuesUrl?: string;
  configRemoteUrl?: Record<string, Json>;
  regex?: string;
  storagePath?: string;
  required?: Flag;
  enforced?: Flag;
  multivalued?: Flag;
  delimiter?: string;
  multivalueAllSelected?: Flag;
  secure?: Flag;
  valueExposed?: Flag;
  isDate?: Flag;
  dateFormat?: string;
  hidden?: Flag;
  sortValues?: Flag;
}

export interface Schedule {
  crontab?: string;
  time?: { seconds?: string; minute?: string; hour?: string };
  month?: string;
  year?: string;
  dayofmonth?: { day?: string };
  weekday?: { day?: string };
}

export interface EmailNotification {
  recipients?: string;
  subject?: string;
  attachLog?: Flag;
  attachLogInFile?: Flag;
  attachLogInline?: Flag;
}

export interface NotificationPlugin {
  type: string;
  configuration?: Record<string, Json>;
}

export interface NotificationEntry {
  email?: EmailNotification;
  urls?: string;
  httpMethod?: string;
  format?: string;
  plugin?: NotificationPlugin | NotificationPlugin[];
}

export type Notifications = Record<string, NotificationEntry | NotificationEntry[]>;

export interface JobDefinition {
  id?: string;
  uuid?: string;
  name: string;
  group?: string;
  description?: string;
  tags?: string | string[];
  loglevel?: string;
  loglimit?: string;
  loglimitAction?: string;
  loglimitStatus?: string;
  defaultTab?: string;
  executionEnabled?: Flag;
  scheduleEnabled?: Flag;
  multipleExecutions?: Flag;
  maxMultipleExecutions?: string;
  timeout?: string;
  retry?: string | { retry?: string; delay?: string };
  timeZone?: string;
  schedule?: Schedule;
  nodefilters?: NodeFilters;
  nodeFilterEditable?: Flag;
  nodesSelectedByDefault?: Flag;
  orchestrator?: { type: string; configuration?: Record<string, Json> };
  options?: OptionDefinition[];
  notification?: Notifications;
  notifyAvgDurationThreshold?: string;
  plugins?: Record<string, Json>;
  sequence: {
    keepgoing?: Flag;
    strategy?: string;
    commands: Step[];
    pluginConfig?: Record<string, Json>;
  };
}

export const isOn = (flag: Flag | undefined, fallback = false) => (flag === undefined ? fallback : flag === true || flag === 'true');
