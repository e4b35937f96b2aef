// Swagger UI on the API's own description. It comes ready-made; only its style is toned down.
import { render } from 'preact';
import SwaggerUI from 'swagger-ui-dist/swagger-ui-es-bundle.js';
import 'swagger-ui-dist/swagger-ui.css';
import { Top } from '../lib/ui.jsx';
import './docs.css';

render(
  <>
    <Top />
    {/* Swagger UI has a <main> of its own. */}
    <div id="main" tabIndex={-1}><div id="swagger" /></div>
  </>,
  document.getElementById('app'));

SwaggerUI({
  url: '/openapi.json',
  domNode: document.getElementById('swagger'),
  deepLinking: true,
  tryItOutEnabled: false,
  defaultModelsExpandDepth: 0,
  validatorUrl: null,  // it would ask another host
  presets: [SwaggerUI.presets.apis],
});
