import { uuidV5 } from "./uuid-v5.ts";

test.each([
  ["6ba7b810-9dad-11d1-80b4-00c04fd430c8", "www.example.com", "2ed6657d-e927-568b-95e1-2665a8aea6a2"],
  ["6ba7b810-9dad-11d1-80b4-00c04fd430c8", "python.org", "886313e1-3b8a-5372-9b90-0c9aee199e5d"],
])("in the namespace %s, %p is %s, as the RFC and others have it", (namespace, text, id) => {
  expect(uuidV5(namespace, text)).toBe(id);
});
