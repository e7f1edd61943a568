// Checks docs/asyncapi.yaml and the schemas that it names: the document by AsyncAPI's own parser, which follows every
// $ref, and each schema by Ajv, which knows nothing of the validator that the Java tests use. Every diagnostic counts,
// hints too. Then a few documents that are broken on purpose must be found out.
import { createRequire } from "node:module";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const require = createRequire(new URL("../../target/contract/", import.meta.url));
const { Parser, fromFile } = require("@asyncapi/parser");
const { default: Ajv } = require("ajv/dist/2020");
const { default: addFormats } = require("ajv-formats");

const SEVERITIES = ["error", "warning", "information", "hint"];
const docs = new URL("../../docs/", import.meta.url).pathname;

const ajv = () => addFormats(new Ajv({ strict: true, strictTypes: false, strictRequired: false, allErrors: true }));

/** Every rule counts but the one that wants AsyncAPI 3.1: more tools read 3.0. */
const ruleset = { rules: { "asyncapi-latest-version": "off" } };

async function diagnostics(file) {
  const parser = new Parser({ ruleset });
  const { document, diagnostics } = await fromFile(parser, file).parse();
  const found = diagnostics.map((each) => `${SEVERITIES[each.severity]}: ${each.path.join(".")}: ${each.message} (${each.code})`);
  return document || found.length > 0 ? { document, found } : { found: ["error: nothing was parsed"] };
}

/** Each schema compiles with the others around it, and its own examples keep it. */
function schemaFaults(folder) {
  const all = ajv();
  const names = readdirSync(folder).filter((name) => name.endsWith(".schema.json"));
  const schemas = new Map(names.map((name) => [name, JSON.parse(readFileSync(join(folder, name), "utf8"))]));
  schemas.forEach((schema, name) => all.addSchema(schema, name));
  const faults = names.length === 0 ? ["error: there are no schemas"] : [];
  for (const [name, schema] of schemas) {
    try {
      const validate = all.getSchema(name);
      (schema.examples ?? [])
        .filter((example) => !validate(example))
        .forEach((example) => faults.push(`error: ${name}: ${JSON.stringify(example)}: ${all.errorsText(validate.errors)}`));
    } catch (e) {
      faults.push(`error: ${name}: ${e.message}`);
    }
  }
  return faults;
}

/** What must be found out, or a document without findings proves nothing. */
const BROKEN = {
  "a schema file that is not there": (text) => text.replace("schemas/job-created.schema.json", "schemas/gone.schema.json"),
  "a channel that is not there": (text) => text.replace("'#/channels/jobCreated'", "'#/channels/gone'"),
  "a type that JSON Schema does not have": (text) => text.replace("properties: { type: { const: dev.restoreworker.job-failed.v1 } }", "type: nonsense"),
  "a field that AsyncAPI does not have": (text) => text.replace("action: receive", "action: swallow"),
};

async function selfCheck() {
  const text = readFileSync(join(docs, "asyncapi.yaml"), "utf8");
  const folder = mkdtempSync(join(tmpdir(), "asyncapi-"));
  try {
    for (const [what, breakIt] of Object.entries(BROKEN)) {
      const broken = breakIt(text);
      const file = join(folder, "broken.yaml");
      writeFileSync(file, broken.replaceAll("'schemas/", `'${docs}schemas/`));
      if (broken === text || (await diagnostics(file)).found.length === 0) {
        return [`error: ${what} was not found out`];
      }
    }
    writeFileSync(join(folder, "broken.schema.json"), '{ "type": "object", "required": ["a"], "examples": [{}] }');
    return schemaFaults(folder).length === 0 ? ["error: an example that breaks its schema was not found out"] : [];
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const { document, found } = await diagnostics(join(docs, "asyncapi.yaml"));
const faults = [...found, ...schemaFaults(join(docs, "schemas")), ...(await selfCheck())];
faults.forEach((fault) => console.log(fault));
if (faults.length > 0) {
  process.exit(1);
}
const count = (many) => many.all().length;
console.log(
  `AsyncAPI ${document.version()}: ${count(document.channels())} channels, ${count(document.operations())} operations, ` +
    `${count(document.messages())} messages, no findings; ${Object.keys(BROKEN).length} broken documents were found out`,
);
