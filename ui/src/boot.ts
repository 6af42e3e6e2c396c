// What the server writes into index.html: where it lies, who is logged in, how it looks. Never a secret.
export interface Boot {
  base: string; // "" or "/prefix"
  nonce: string; // of style elements
  version?: string;
  user?: string | null;
  roles?: string[];
  member?: { name: string; uuid: string; cluster: boolean };
  gui?: {
    title?: string;
    instanceName?: string;
    instanceColor?: string;
    instanceTextColor?: string;
    welcome?: string;
    welcomeHtml?: string;
    footerHtml?: string;
    disclaimer?: string;
    helpLink?: string;
    helpLinkName?: string;
  };
  sso?: { title: string; url: string } | null;
  localLogin?: boolean;
  message?: string; // of a login page: why the last attempt failed
}

function read(): Boot {
  const text = document.getElementById('qd-boot')?.textContent;
  if (!text) return { base: '', nonce: '' };
  return JSON.parse(text) as Boot;
}

export const boot: Boot = read();
// A path of the server, with its prefix: serverPath('/user/logout').
export const serverPath = (path: string) => boot.base + path;
