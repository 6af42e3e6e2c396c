import { createApp } from 'vue';
import App from './App.vue';
import { watchSystemTheme } from './lib/preferences';
import { primeFor } from './lib/prime';
import { router } from './router';
import './styles/index.css';

watchSystemTheme();
const app = createApp(App).use(router);
primeFor(app);
app.mount('#app');
