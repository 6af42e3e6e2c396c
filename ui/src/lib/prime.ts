// PrimeVue, which no first screen needs: it comes with the first of its components that is shown.
import { defineAsyncComponent, type App, type Component } from 'vue';

let app: App | undefined;
let setting: Promise<void> | undefined;

export function primeFor(ours: App) {
  app = ours;
}
const setUp = () => (setting ??= import('@/styles/prime').then(({ setUpPrime }) => app && setUpPrime(app)));

// A component that is made of PrimeVue's.
export const withPrime = <T extends Component>(load: () => Promise<{ default: T }>) =>
  defineAsyncComponent(async () => {
    const [part] = await Promise.all([load(), setUp()]);
    return part.default;
  });

export const PrimeDialog = withPrime(() => import('primevue/dialog'));
export const PrimeMultiSelect = withPrime(() => import('primevue/multiselect'));
export const PrimePopover = withPrime(() => import('primevue/popover'));
