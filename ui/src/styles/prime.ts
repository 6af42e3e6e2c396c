// PrimeVue's looks: its Aura preset in our colours. Our own CSS uses the same variables (--p-…), see tokens.css.
import { definePreset } from '@primeuix/themes';
import Aura from '@primeuix/themes/aura';

const shades = [50, 100, 200, 300, 400, 500, 600, 700, 800, 900, 950] as const;
const scale = (name: string) => Object.fromEntries(shades.map((shade) => [shade, `{${name}.${shade}}`]));

const preset = definePreset(Aura, {
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

export const primeTheme = {
  preset,
  options: { darkModeSelector: '[data-theme="dark"]', cssLayer: { name: 'primevue', order: 'base, primevue, app' } },
};
