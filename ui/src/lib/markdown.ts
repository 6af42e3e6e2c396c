// Markdown and HTML of users, made harmless: no scripts, styles, forms, frames, or ids that could pose as ours.
import DOMPurify from 'dompurify';
import { marked } from 'marked';

const ALLOWED = {
  ALLOWED_TAGS: ['a', 'b', 'blockquote', 'br', 'code', 'del', 'details', 'div', 'em', 'h1', 'h2', 'h3', 'h4', 'h5', 'h6', 'hr', 'i', 'img', 'kbd', 'li', 'ol', 'p', 'pre', 's', 'small', 'span', 'strong', 'sub', 'summary', 'sup', 'table', 'tbody', 'td', 'th', 'thead', 'tr', 'u', 'ul'],
  ALLOWED_ATTR: ['href', 'title', 'alt', 'src', 'colspan', 'rowspan', 'align', 'open'],
  ALLOWED_URI_REGEXP: /^(?:https?:|mailto:|\/(?!\/)|#|[^a-z+.-]|[a-z+.-]+(?:[^a-z+.\-:]|$))/i,
};

DOMPurify.addHook('afterSanitizeAttributes', (node) => {
  if (node.tagName === 'IMG' && !node.hasAttribute('alt')) node.setAttribute('alt', '');
  if (node.tagName === 'PRE') node.setAttribute('tabindex', '0'); // it scrolls: keys reach it, too
  if (node.tagName === 'A' && /^https?:/i.test(node.getAttribute('href') ?? '')) {
    node.setAttribute('rel', 'noopener noreferrer');
    node.setAttribute('target', '_blank');
  }
});

export const sanitise = (html: string) => DOMPurify.sanitize(html, ALLOWED);
export const markdown = (text: string) => sanitise(marked.parse(text, { async: false, gfm: true }));
