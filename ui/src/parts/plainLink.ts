// A link to one of our pages for the rows of long lists: a router-link watches the address, and a hundred of them take longer
// to draw than all that they stand in.
import { h, type FunctionalComponent } from 'vue';
import { useRouter } from 'vue-router';
import { serverPath } from '@/boot';

export const PlainLink: FunctionalComponent<{ to: string }> = ({ to }, { slots }) => {
  const router = useRouter();
  const follow = (event: MouseEvent) => {
    if (event.defaultPrevented || event.button || event.metaKey || event.altKey || event.ctrlKey || event.shiftKey) return;
    event.preventDefault();
    void router.push(to);
  };
  return h('a', { href: serverPath(to), onClick: follow }, slots.default?.());
};
PlainLink.props = ['to'];
