import PrimeVue from 'primevue/config';
import ConfirmationService from 'primevue/confirmationservice';
import ToastService from 'primevue/toastservice';
import { createApp } from 'vue';
import App from './App.vue';
import { boot } from './boot';
import { watchSystemTheme } from './lib/preferences';
import { router } from './router';
import { primeTheme } from './styles/prime';
import './styles/index.css';

watchSystemTheme();
createApp(App)
  .use(router)
  .use(PrimeVue, { theme: primeTheme, csp: { nonce: boot.nonce }, ripple: false })
  .use(ToastService)
  .use(ConfirmationService)
  .mount('#app');
