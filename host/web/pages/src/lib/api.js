// Calls of /api/v1 with the session's cookie. A refusal is a Problem (RFC 9457); no answer at all is
// one too, so that pages show both in one way.
export class Problem extends Error {
  constructor(status, body) {
    super(body.detail || body.title || `HTTP ${status}`);
    this.status = status;
    this.code = body.code || '';
    this.errors = body.errors || [];
    this.body = body;
  }

  // What is wrong with a field, to be shown at it.
  at(field) {
    return this.errors.filter((error) => error.field === field).map((error) => error.message).join('; ');
  }
}

async function answer(response) {
  const text = await response.text();
  const json = /json/.test(response.headers.get('Content-Type') || '');
  let body = text;
  if (json) {
    try {
      body = JSON.parse(text);
    } catch {
      throw new Problem(response.status, { detail: 'The answer is not JSON.' });
    }
  }
  if (response.ok) return body;
  throw new Problem(response.status, json ? body : {});
}

export async function call(method, path, body, { headers = {}, signal } = {}) {
  const options = { method, headers: { Accept: 'application/json', ...headers }, signal, credentials: 'same-origin' };
  if (body !== undefined) {
    options.body = JSON.stringify(body);
    options.headers['Content-Type'] = 'application/json';
  }
  let response;
  try {
    response = await fetch(path, options);
  } catch (error) {
    if (error.name === 'AbortError') throw error;
    throw new Problem(0, { code: 'unreachable', detail: '' });
  }
  return answer(response);
}

export const api = {
  get: (path, options) => call('GET', `/api/v1${path}`, undefined, options),
  post: (path, body = {}, options) => call('POST', `/api/v1${path}`, body, options),
  put: (path, body, options) => call('PUT', `/api/v1${path}`, body, options),
  patch: (path, body, options) => call('PATCH', `/api/v1${path}`, body, options),
  delete: (path, options) => call('DELETE', `/api/v1${path}`, undefined, options),
};

// Who is signed in; null: nobody.
export async function visitor() {
  const session = await api.get('/session');
  return session.login ? session : null;
}

// A query string of those members that have a value.
export function query(members) {
  const given = Object.entries(members).filter(([, value]) => value !== undefined && value !== null && value !== '');
  return given.length ? `?${new URLSearchParams(given)}` : '';
}
