// Fills the page. A file of its own, because the content security policy lets no script stand in the page itself.

/* global SwaggerUIBundle */

// From where this file lies, so that it is right behind a proxy that puts a path in front.
const root = new URL("../..", document.currentScript.src);

async function show() {
  const answer = await fetch(new URL("api/v1/openapi.json", root));
  if (!answer.ok) throw new Error(`it is answered with status ${answer.status}`);
  const spec = await answer.json();
  // Calls go to where the page came from: the policy lets the page call nobody else.
  spec.servers = [{ url: root.href.replace(/\/$/, ""), description: "Where this page came from" }];
  SwaggerUIBundle({
    spec,
    dom_id: "#api",
    deepLinking: true,
    defaultModelsExpandDepth: 0,
    displayRequestDuration: true,
    // The marks of what the original API does not have.
    showExtensions: true,
    // The key is forgotten when the page is closed, and nothing is asked of a validator elsewhere.
    persistAuthorization: false,
    validatorUrl: null,
  });
}

// oxlint-disable-next-line unicorn/prefer-top-level-await -- this is no module: only a classic script knows where it lies.
show().catch((error) => {
  document.querySelector("#api").textContent =
    `The API's document could not be read: ${error.message}. Reload the page.`;
});
