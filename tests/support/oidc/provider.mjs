// An OpenID provider of our own: npm oidc-provider on a free port of the loopback, whose answers a test can spoil.
import { createHmac, createPrivateKey, createPublicKey, generateKeyPairSync, sign } from 'node:crypto';
import http from 'node:http';
import { Cookies, request } from '../http.mjs';
import { installPackages } from '../packages.mjs';

async function library() {
  installPackages('tests/support/oidc');
  const loud = process.emitWarning;
  process.emitWarning = () => {};
  try {
    return (await import('oidc-provider')).default;
  } finally {
    process.emitWarning = loud;
  }
}

const encode = (value) => Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url');
export const decodeJwt = (token) => ({ header: JSON.parse(Buffer.from(token.split('.')[0], 'base64url')), claims: JSON.parse(Buffer.from(token.split('.')[1], 'base64url')) });

// A key pair with its key id, as a private JWK.
export function newKey(kind, kid) {
  const options = kind === 'RS256' ? ['rsa', { modulusLength: 2048 }] : kind === 'EdDSA' ? ['ed25519'] : ['ec', { namedCurve: 'P-256' }];
  // By way of a text: a collection of garbage while a key that was just made is exported as JWK locks Node 20 up for good.
  const { privateKey: made } = generateKeyPairSync(...options);
  const privateKey = createPrivateKey(made.export({ type: 'pkcs8', format: 'pem' }));
  return { kind, kid, privateKey, jwk: { ...privateKey.export({ format: 'jwk' }), kid, use: 'sig', alg: kind } };
}

export const publicPem = (key) => createPublicKey(key.privateKey).export({ type: 'spki', format: 'pem' });

// Signs as it is told, right or wrong: `alg` may differ from what the key is for.
export function makeJwt(claims, key, header = {}) {
  const head = { alg: key.kind, typ: 'JWT', kid: key.kid, ...header };
  const text = `${encode(head)}.${encode(claims)}`;
  if (head.alg === 'none') return `${text}.`;
  if (head.alg.startsWith('HS')) return `${text}.${createHmac(`sha${head.alg.slice(2)}`, key.secret).update(text).digest('base64url')}`;
  const digest = key.privateKey.asymmetricKeyType === 'ed25519' ? null : 'sha256';
  return `${text}.${sign(digest, Buffer.from(text), { key: key.privateKey, dsaEncoding: 'ieee-p1363' }).toString('base64url')}`;
}

export class OidcProvider {
  client = { id: 'quarterdeck', secret: 'the client secret & more' };
  person = { sub: 'u-1', preferred_username: 'olga', given_name: 'Olga', family_name: 'Berg', email: 'olga@example.com', groups: ['ops', 'admin'] };
  keys = [newKey('RS256', 'rsa-1'), newKey('ES256', 'ec-1')];
  algorithm = 'RS256';  // of id tokens
  method = 'client_secret_post';
  spoil = null;  // (id token) => another one
  spoilInfo = null;  // (userinfo) => another one
  calls = { jwks: 0, token: 0 };

  async start() {
    this.Provider = await library();
    this.server = http.createServer((req, res) => this.#handle(req, res));
    await new Promise((resolve) => this.server.listen(this.port ?? 0, '127.0.0.1', resolve));
    this.server.unref();
    this.port = this.server.address().port;
    this.url = `http://127.0.0.1:${this.port}`;
    this.renew();
    return this;
  }

  // Takes over what was changed in the fields above.
  renew() {
    this.provider = new this.Provider(this.url, {
      clients: [{
        client_id: this.client.id, client_secret: this.client.secret, redirect_uris: ['http://127.0.0.1/login/oauth2/code/test'], post_logout_redirect_uris: ['http://127.0.0.1/user/loggedout'],
        grant_types: ['authorization_code', 'client_credentials'], response_types: ['code'], application_type: 'web', token_endpoint_auth_method: this.method, id_token_signed_response_alg: this.algorithm,
      }],
      jwks: { keys: this.keys.map((key) => key.jwk) },
      cookies: { keys: ['of these tests'] },
      scopes: ['openid', 'profile', 'email', 'groups'],
      claims: { openid: ['sub'], profile: ['preferred_username', 'given_name', 'family_name', 'name'], email: ['email'], groups: ['groups'] },
      pkce: { required: () => true },
      findAccount: (_, sub) => ({ accountId: sub, claims: () => this.person }),
      interactions: { url: (_, interaction) => `/interaction/${interaction.uid}` },
      loadExistingGrant: (ctx) => this.#grant(ctx),
      ttl: { AccessToken: 600, AuthorizationCode: 60, ClientCredentials: 600, Grant: 600, IdToken: 600, Interaction: 600, Session: 600 },
      features: {
        devInteractions: { enabled: false }, clientCredentials: { enabled: true }, rpInitiatedLogout: { enabled: true },
        resourceIndicators: { enabled: true, defaultResource: (_, client, given) => given ?? [], getResourceServerInfo: (_, resource) => ({ scope: 'ops admin', audience: resource, accessTokenFormat: 'jwt', accessTokenTTL: 600, jwt: { sign: { alg: 'RS256' } } }) },
      },
    });
    // Ports of the servers under test are not known beforehand.
    this.provider.Client.prototype.redirectUriAllowed = (uri) => new URL(uri).pathname.startsWith('/login/oauth2/code/');
    this.provider.Client.prototype.postLogoutRedirectUriAllowed = (uri) => new URL(uri).pathname === '/user/loggedout';
    this.provider.use((ctx, next) => this.#after(ctx, next));
    this.callback = this.provider.callback();
  }

  async #grant(ctx) {
    const grant = new this.provider.Grant({ clientId: ctx.oidc.client.clientId, accountId: ctx.oidc.session.accountId });
    grant.addOIDCScope('openid profile email groups');
    await grant.save();
    return grant;
  }

  async #after(ctx, next) {
    await next();
    if (ctx.path === '/jwks') this.calls.jwks += 1;
    if (ctx.path === '/token') this.calls.token += 1;
    if (ctx.path === '/token' && ctx.body?.id_token && this.spoil) ctx.body.id_token = this.spoil(ctx.body.id_token);
    if (ctx.path === '/me' && this.spoilInfo) ctx.body = this.spoilInfo(ctx.body);
  }

  async #handle(req, res) {
    if (!req.url.startsWith('/interaction/')) return this.callback(req, res);
    try {
      await this.provider.interactionFinished(req, res, this.denies ? { error: 'access_denied' } : { login: { accountId: this.person.sub } });
    } catch (error) {
      res.statusCode = 500;
      res.end(String(error));
    }
    return undefined;
  }

  async stop() {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }
}

// What a browser does between two servers: follows redirects, and keeps the cookies of each.
export class Browser {
  #jars = new Map();
  jar(url) {
    const { origin } = new URL(url);
    if (!this.#jars.has(origin)) this.#jars.set(origin, new Cookies());
    return this.#jars.get(origin);
  }

  async once(url) {
    const target = new URL(url);
    const answer = await request(target.origin, 'GET', target.pathname + target.search, { cookies: this.jar(url), accept: 'text/html' });
    answer.url = url;
    return answer;
  }

  // Until something else than a redirect comes, or the next address is one that `stop` wants.
  async go(url, stop = () => false) {
    for (let hops = 0; hops < 15; hops += 1) {
      const answer = await this.once(url);
      if (answer.status < 300 || answer.status >= 400) return answer;
      url = new URL(answer.headers.location, url).href;
      if (stop(url)) return { url, answer };
    }
    throw new Error(`too many redirects, the last one to ${url}`);
  }
}
