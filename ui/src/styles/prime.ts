// PrimeVue's looks: its Aura preset in our colours. Loaded with the first of its components: see lib/prime.ts.
import { definePreset } from '@primeuix/themes';
import base from '@primeuix/themes/aura/base';
import button from '@primeuix/themes/aura/button';
import checkbox from '@primeuix/themes/aura/checkbox';
import chip from '@primeuix/themes/aura/chip';
import confirmdialog from '@primeuix/themes/aura/confirmdialog';
import dialog from '@primeuix/themes/aura/dialog';
import iconfield from '@primeuix/themes/aura/iconfield';
import inputtext from '@primeuix/themes/aura/inputtext';
import multiselect from '@primeuix/themes/aura/multiselect';
import popover from '@primeuix/themes/aura/popover';
import toast from '@primeuix/themes/aura/toast';
import virtualscroller from '@primeuix/themes/aura/virtualscroller';
import PrimeVue from 'primevue/config';
import ConfirmationService from 'primevue/confirmationservice';
import ToastService from 'primevue/toastservice';
import type { App } from 'vue';
import { boot } from '@/boot';

const shades = [50, 100, 200, 300, 400, 500, 600, 700, 800, 900, 950] as const;
const scale = (name: string) => Object.fromEntries(shades.map((shade) => [shade, `{${name}.${shade}}`]));

// Only the components that are used, and what they are made of: the whole of Aura is a third of the first script.
const used = { ...base, components: { button, checkbox, chip, confirmdialog, dialog, iconfield, inputtext, multiselect, popover, toast, virtualscroller } };

const preset = definePreset(used, {
  // The preset's own greens and reds are too pale to read on their grounds.
  components: { toast: { colorScheme: { light: { success: { color: '{green.800}' }, error: { color: '{red.800}' } } } } },
  semantic: {
    primary: scale('teal'),
    focusRing: { width: '2px', style: 'solid', color: '{primary.color}', offset: '2px' },
    formField: { paddingX: '0.65rem', paddingY: '0.4rem' },
    colorScheme: {
      light: {
        surface: { 0: '#ffffff', ...scale('slate') },
        primary: { color: '{primary.700}', hoverColor: '{primary.800}', activeColor: '{primary.900}', contrastColor: '#ffffff' },
      },
      dark: { surface: { 0: '#ffffff', ...scale('slate') } },
    },
  },
});

const theme = { preset, options: { darkModeSelector: '[data-theme="dark"]', cssLayer: { name: 'primevue', order: 'base, primevue, app' } } };

export function setUpPrime(app: App) {
  app.use(PrimeVue, { theme, csp: { nonce: boot.nonce }, ripple: false }).use(ToastService).use(ConfirmationService);
}
