// Faults that a verifier must find, each in the file of one example.

const generic = 'bpmn/invoice-three-way-match.bpmn';
const zeebe = 'zeebe/invoice-three-way-match.zeebe.bpmn';
const engines = ['bpmn-engine', 'SpiffWorkflow'];
const replaced = (from, to) => (text) => text.replace(from, to);

/** What is wrong, in which file, who must find it, and in which scenario where it is played. */
export const mutants = [
  {
    name: 'a flow that leads nowhere',
    of: generic,
    change: replaced('targetRef="state_matching"', 'targetRef="nowhere"'),
    by: ['model'],
  },
  {
    name: 'an unknown element',
    of: generic,
    change: (text) => text.replaceAll('bpmn:userTask', 'bpmn:teaTask'),
    by: ['model', 'schemas'],
  },
  {
    name: 'an attribute of a wrong type',
    of: generic,
    change: replaced('isExecutable="true"', 'isExecutable="perhaps"'),
    by: ['schemas'],
  },
  {
    name: 'a task without a job',
    of: zeebe,
    change: replaced(/<zeebe:taskDefinition [^>]*\/>/, ''),
    by: ['lint'],
  },
  {
    name: 'a condition that is no FEEL',
    of: zeebe,
    change: replaced('>=outcome_complete = ', '>=outcome_complete = ('),
    by: ['lint'],
  },
  {
    name: 'a process without a diagram',
    of: zeebe,
    change: replaced(/<bpmndi:BPMNDiagram[\s\S]*<\/bpmndi:BPMNDiagram>/, ''),
    by: ['lint'],
  },
  ...both('a state that is left out', replaced('targetRef="state_matching"', 'targetRef="state_approval"'), {
    scenario: 'above the limit a budget owner decides',
  }),
  ...both('a tolerance that is another', replaced(/controls\.price_tolerance/g, '0.5'), {
    scenario: '3% over the order price goes to the AP queue',
  }),
  ...both('a guard that is turned around', replaced(/steps\.budget\.decision = &quot;rejected&quot;/g, 'steps.budget.decision != &quot;rejected&quot;'), {
    scenario: 'above the limit a budget owner decides',
  }),
  ...both('an error that is caught by another', replaced(/(id="at_approval_MISSING_RECEIPT"[\s\S]*?errorRef=")error_\d+/, '$1error_1'), {
    scenario: 'an approval without the goods receipt at hand',
  }),
  ...both('fewer attempts', (text) => text.replace(/(type="ERP\.get_purchase_order" (?:attempts|retries)=")\d+/, '$11'), {
    scenario: 'an order number that ERP does not know',
  }),
];

/** The same fault in the file of each engine. */
function both(name, change, { scenario }) {
  return [
    { name, of: generic, change, by: [engines[0]], scenario },
    { name, of: zeebe, change, by: [engines[1]], scenario },
  ];
}
