// bpmnlint with the profile of Camunda 8.

import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);
const { Linter } = require('bpmnlint');
const NodeResolver = require('bpmnlint/lib/resolver/node-resolver');

const linter = new Linter({
  config: {
    extends: 'plugin:camunda-compat/camunda-cloud-8-6',
    // Forms belong to the task list, which gets everything that it needs as properties.
    rules: { 'camunda-compat/user-task-definition': 'off', 'no-bpmndi': 'error' },
  },
  resolver: new NodeResolver({ require }),
});

/** What the lints have against a file, whatever its level. */
export async function lint(definitions) {
  const found = await linter.lint(definitions);
  return Object.entries(found).flatMap(([rule, reports]) =>
    reports.map((report) => `${rule}: ${report.id}: ${report.message}`),
  );
}
