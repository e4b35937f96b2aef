// The pages, and the little HTML that each begins with. Everything else is made by its script.
export const pages = [
  { name: 'event', path: '/event/', title: 'Event · Scrip' },
  { name: 'login', path: '/login-page/', title: 'Sign in · Scrip' },
  { name: 'signup', path: '/signup-page/', title: 'Sign up · Scrip' },
  { name: 'admin', path: '/admin/', title: 'Console · Scrip' },
  { name: 'docs', path: '/docs', title: 'API · Scrip' },
];

export function render(page, { script, style, parts, icon, licences }) {
  return `<!doctype html>
<html lang="en" data-licences="/assets/${licences}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="theme-color" content="#f7f7f5" media="(prefers-color-scheme: light)">
<meta name="theme-color" content="#121316" media="(prefers-color-scheme: dark)">
<title>${page.title}</title>
<link rel="icon" href="/assets/${icon}" type="image/svg+xml">
${style ? `<link rel="stylesheet" href="/assets/${style}">\n` : ''}${
  parts.map((part) => `<link rel="modulepreload" href="/assets/${part}">\n`).join('')
}<script type="module" src="/assets/${script}"></script>
</head>
<body>
<div id="app"></div>
<noscript>This page needs JavaScript. The API does not: see /openapi.json.</noscript>
</body>
</html>
`;
}
