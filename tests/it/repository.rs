//! A repository of any size: departments that are each like the starter repository, with names of
//! their own.

const CONFIG: &str = include_str!("../../examples/starter/flowgate.yaml");
const POLICY: &str = include_str!("../../examples/starter/policies/change-control.yaml");
const WORKFLOW: &str = include_str!("../../examples/starter/workflows/equipment-request.yaml");
const REQUEST: &str = include_str!("../../examples/starter/contracts/equipment.request.v1.yaml");
const ANSWER: &str = include_str!("../../examples/starter/contracts/inventory.assignment.v1.yaml");
const DIRECTORY: [(&str, &str); 3] = [
    (
        "people",
        include_str!("../../examples/starter/directory/people.yaml"),
    ),
    (
        "queues",
        include_str!("../../examples/starter/directory/queues.yaml"),
    ),
    (
        "systems",
        include_str!("../../examples/starter/directory/systems.yaml"),
    ),
];

/// How many workflows take the same request.
const TOGETHER: usize = 4;

/// What only one department has, as the starter calls it; `#` is the number of the department.
const OWN: [(&str, &str); 20] = [
    ("ada.lind", "ada.d#"),
    ("ben.ortiz", "ben.d#"),
    ("cleo.marsh", "cleo.d#"),
    ("dev.rao", "dev.d#"),
    ("eli.stone", "eli.d#"),
    ("fay.moore", "fay.d#"),
    ("service_lead", "service_lead_d#"),
    ("it_lead", "it_lead_d#"),
    ("budget_owner", "budget_owner_d#"),
    ("budget_deputy", "budget_deputy_d#"),
    ("team: it", "team: it-d#"),
    ("  it: {lead", "  it-d#: {lead"),
    ("notify: it", "notify: it-d#"),
    ("it-desk", "it-desk-d#"),
    ("needs-info", "needs-info-d#"),
    ("equipment-exceptions", "equipment-exceptions-d#"),
    ("queue: replay", "queue: replay-d#"),
    ("  replay: {kind", "  replay-d#: {kind"),
    ("svc-equipment", "svc-equipment-d#"),
    ("business", "business-d#"),
];

/// Names with capital letters and dots.
const ALSO_OWN: [(&str, &str); 4] = [
    ("Portal", "Portal-d#"),
    ("Inventory", "Inventory-d#"),
    ("inventory.assignment.v1", "inventory.d#.assignment.v1"),
    ("equipment.request.v1", "equipment.d#.request-%.v1"),
];

/// The files of a repository: for each department its workflows, a contract for every few of them and
/// one for all, and its directory.
pub fn files(departments: usize, workflows: usize) -> Vec<(String, String)> {
    let mut files = vec![("flowgate.yaml".to_owned(), CONFIG.to_owned())];
    let policy = of_department(POLICY, 0, 0);
    files.push(("policies/change-control.yaml".to_owned(), policy));
    for department in 0..departments {
        let own = |text: &str, group: usize| of_department(text, department, group);
        for (name, text) in DIRECTORY {
            let path = format!("directory/d{department:03}/{name}.yaml");
            files.push((path, own(text, 0)));
        }
        let names: Vec<String> = (0..workflows).map(|it| name(department, it)).collect();
        for (number, name) in names.iter().enumerate() {
            let text = own(WORKFLOW, number / TOGETHER).replace("equipment-request", name);
            files.push((format!("workflows/d{department:03}/{name}.yaml"), text));
        }
        for (group, names) in names.chunks(TOGETHER).enumerate() {
            let text = own(REQUEST, group).replace("equipment-request", &names.join(", "));
            let path = format!("contracts/equipment.d{department:03}.request-{group}.v1.yaml");
            files.push((path, text));
        }
        let text = own(ANSWER, 0).replace("equipment-request", &names.join(", "));
        files.push((
            format!("contracts/inventory.d{department:03}.assignment.v1.yaml"),
            text,
        ));
    }
    files
}

/// The name of a workflow.
pub fn name(department: usize, number: usize) -> String {
    format!("equipment-d{department:03}-w{number:02}")
}

fn of_department(text: &str, department: usize, group: usize) -> String {
    let names = OWN.iter().chain(&ALSO_OWN);
    names.fold(text.to_owned(), |text, (from, to)| {
        let to = to.replace('#', &format!("{department:03}"));
        text.replace(from, &to.replace('%', &group.to_string()))
    })
}
