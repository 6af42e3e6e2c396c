/// <reference types="vite/client" />
import 'vue-router';
declare module 'vue-router' {
  interface RouteMeta {
    open?: boolean; // may be seen without being logged in
    bare?: boolean; // without header and navigation
    nav?: string; // the entry of the navigation that is lit: "jobs", "activity"…
    area?: 'system'; // shows the navigation of the system instead of a project's
  }
}
