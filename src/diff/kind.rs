//! The kinds of change: one line each, with the name that users know it by.

/// Declares the families of change kinds.
macro_rules! change_kinds {
    ($(
        $(#[doc = $family_doc:literal])*
        $member:ident($family:ident) {
            $( $kind:ident = $id:literal: $summary:literal, )*
        }
    )*) => {
        $(
            $(#[doc = $family_doc])*
            #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
            pub enum $family {
                $( #[doc = concat!("`", $id, "`: ", $summary, ".")] $kind, )*
            }

            impl $family {
                /// Every kind of the family, in reference order.
                pub const ALL: &'static [$family] = &[$( $family::$kind, )*];

                /// The stable kebab-case name, subject then verb.
                pub const fn id(self) -> &'static str {
                    match self { $( $family::$kind => $id, )* }
                }

                /// What happened, in a few words without a full stop.
                pub const fn summary(self) -> &'static str {
                    match self { $( $family::$kind => $summary, )* }
                }

                /// The kind among those of every family.
                pub const fn kind(self) -> ChangeKind {
                    ChangeKind::$member(self)
                }
            }

            impl From<$family> for ChangeKind {
                fn from(kind: $family) -> Self {
                    ChangeKind::$member(kind)
                }
            }
        )*

        /// What happened to one thing, without judgement.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum ChangeKind {
            $( $(#[doc = $family_doc])* $member($family), )*
        }

        impl ChangeKind {
            /// The stable kebab-case name, subject then verb.
            pub const fn id(self) -> &'static str {
                match self { $( ChangeKind::$member(kind) => kind.id(), )* }
            }

            /// What happened, in a few words without a full stop.
            pub const fn summary(self) -> &'static str {
                match self { $( ChangeKind::$member(kind) => kind.summary(), )* }
            }
        }
    };
}

change_kinds! {
    /// What every kind of document can change in.
    Document(DocumentChange) {
        OwnerChanged = "owner-changed": "somebody else is accountable",
        BackupChanged = "backup-changed": "another person decides when the owner is out",
        ContactChanged = "contact-changed": "questions go elsewhere",
        TextChanged = "text-changed": "words for people changed",
        ExtensionChanged = "extension-changed": "a free `x-` key changed",
        DocumentActivated = "document-activated": "a draft is in force",
        DocumentWithdrawn = "document-withdrawn": "a document in force is a draft again",
        DocumentDeprecated = "document-deprecated": "a document is to be replaced",
        DocumentRetired = "document-retired": "a document is no longer in force",
        DocumentReinstated = "document-reinstated": "a deprecated or retired document is in force again",
        SunsetAdvanced = "sunset-advanced": "the end comes earlier",
        SunsetPostponed = "sunset-postponed": "the end comes later",
        SuppressionAdded = "suppression-added": "a finding is accepted, or accepted for longer",
        SuppressionRemoved = "suppression-removed": "an accepted finding counts again, or earlier",
        AcceptanceAdded = "acceptance-added": "a breaking change is accepted on purpose",
        AcceptanceRemoved = "acceptance-removed": "a breaking change is no longer accepted",
        ReservedNameAdded = "reserved-name-added": "an old name may not come back",
        ReservedNameReleased = "reserved-name-released": "an old name may come back with another meaning",
        RiskLabelAdded = "risk-label-added": "a kind of risk is named",
        RiskLabelRemoved = "risk-label-removed": "a kind of risk is no longer named",
        AuditStrengthened = "audit-strengthened": "more is logged, or kept for longer",
        AuditWeakened = "audit-weakened": "less is logged, or kept for a shorter time",
    }

    /// What a contract as a whole can change in.
    Contract(ContractChange) {
        ContractAdded = "contract-added": "a contract is new",
        ContractRemoved = "contract-removed": "a contract is gone",
        ContractRenamed = "contract-renamed": "a contract has another name",
        ProducerChanged = "producer-changed": "another system produces the data",
        ConsumerAdded = "consumer-added": "another reader is named",
        ConsumerRemoved = "consumer-removed": "a reader is no longer named",
        FreshnessTightened = "freshness-tightened": "the data is promised to be fresher",
        FreshnessLoosened = "freshness-loosened": "the data may be older",
        AvailabilityTightened = "availability-tightened": "the data is promised to be there more of the time",
        AvailabilityLoosened = "availability-loosened": "the data may be away for longer",
        QualityRuleAdded = "quality-rule-added": "more is promised about the data",
        QualityRuleRemoved = "quality-rule-removed": "less is promised about the data",
        QualityRuleTightened = "quality-rule-tightened": "a rule about the data demands more",
        QualityRuleLoosened = "quality-rule-loosened": "a rule about the data demands less",
        QualityRuleChanged = "quality-rule-changed": "a rule about the data is another one",
        CompatibilityTightened = "compatibility-tightened": "changes are promised to disturb less",
        CompatibilityRelaxed = "compatibility-relaxed": "changes may disturb more",
        ViolationLogAdded = "violation-log-added": "violations are logged",
        ViolationLogRemoved = "violation-log-removed": "violations are no longer logged",
        ViolationSampleMasked = "violation-sample-masked": "logged samples show less",
        ViolationSampleUnmasked = "violation-sample-unmasked": "logged samples show more",
        SchemaFileChanged = "schema-file-changed": "the fields live in another file, or that file changed",
    }

    /// What a field of a contract or of a trigger's inputs can change in.
    Field(FieldChange) {
        FieldRequiredAdded = "field-required-added": "a field must be given that was not there",
        FieldDefaultedAdded = "field-defaulted-added": "a required field with a default is new",
        FieldOptionalAdded = "field-optional-added": "a field may be given that was not known",
        FieldRequiredRemoved = "field-required-removed": "a field that was always given is gone",
        FieldDefaultedRemoved = "field-defaulted-removed": "a required field with a default is gone",
        FieldOptionalRemoved = "field-optional-removed": "a field that might be given is gone",
        FieldRenamed = "field-renamed": "a field has another name",
        FieldMadeRequired = "field-made-required": "a field that might be absent must be given",
        FieldMadeOptional = "field-made-optional": "a field that was always given may be absent",
        FieldMadeNullable = "field-made-nullable": "a value may be null",
        FieldMadeNonNull = "field-made-non-null": "a value may no longer be null",
        FieldTypeWidened = "field-type-widened": "a type accepts more",
        FieldTypeNarrowed = "field-type-narrowed": "a type accepts less",
        FieldTypeChanged = "field-type-changed": "a type is another one",
        FieldUnitAdded = "field-unit-added": "the unit of a number is named",
        FieldUnitChanged = "field-unit-changed": "a number counts something else",
        DefaultChanged = "default-changed": "another value stands in when none is given",
        ClassificationRaised = "classification-raised": "fewer people may see the data",
        ClassificationLowered = "classification-lowered": "more people may see the data",
        PiiMarked = "pii-marked": "a field is known to be personal data",
        PiiUnmarked = "pii-unmarked": "a field no longer counts as personal data",
        FieldDeprecated = "field-deprecated": "a field is to go away",
        FieldReinstated = "field-reinstated": "a field stays after all",
        FieldSunsetAdvanced = "field-sunset-advanced": "a field goes earlier",
        FieldSunsetPostponed = "field-sunset-postponed": "a field goes later",
    }

    /// Which values a field accepts.
    Values(ValuesChange) {
        EnumValueAdded = "enum-value-added": "a value may occur that was excluded",
        OpenEnumValueAdded = "open-enum-value-added": "a value is added to an open list",
        EnumValueRemoved = "enum-value-removed": "a value that occurred is excluded",
        OpenEnumValueRemoved = "open-enum-value-removed": "a value is taken from an open list",
        EnumAdded = "enum-added": "the values of a field are listed",
        EnumRemoved = "enum-removed": "the values of a field are no longer listed",
        EnumOpened = "enum-opened": "readers must accept values that are not listed",
        EnumClosed = "enum-closed": "only listed values are accepted",
        FormatAdded = "format-added": "a text must have a form",
        FormatRemoved = "format-removed": "a text may have any form",
        FormatChanged = "format-changed": "a text has another form",
        ConstraintTightened = "constraint-tightened": "a limit accepts less",
        ConstraintLoosened = "constraint-loosened": "a limit accepts more",
        ConstraintChanged = "constraint-changed": "a limit is another one",
        PatternAdded = "pattern-added": "a text must match a pattern",
        PatternRemoved = "pattern-removed": "a text need not match a pattern",
        PatternChanged = "pattern-changed": "a text must match another pattern",
        KeyAdded = "key-added": "a field identifies the record",
        KeyRemoved = "key-removed": "a field no longer identifies the record",
        UniquenessAdded = "uniqueness-added": "a value may occur once only",
        UniquenessRemoved = "uniqueness-removed": "a value may occur several times",
    }

    /// What a workflow promises and what starts it.
    Workflow(WorkflowChange) {
        WorkflowAdded = "workflow-added": "a workflow is new",
        WorkflowRemoved = "workflow-removed": "a workflow is gone",
        WorkflowRenamed = "workflow-renamed": "a workflow has another name",
        TriggerAdded = "trigger-added": "cases can start in another way",
        TriggerRemoved = "trigger-removed": "a way to start cases is gone",
        TriggerReplaced = "trigger-replaced": "cases start in another way",
        TriggerNarrowed = "trigger-narrowed": "fewer events start a case",
        TriggerWidened = "trigger-widened": "more events start a case",
        TriggerFilterChanged = "trigger-filter-changed": "other events start a case",
        ScheduleChanged = "schedule-changed": "cases start at another time",
        ScopeNarrowed = "scope-narrowed": "the workflow is for fewer cases",
        ScopeWidened = "scope-widened": "the workflow is for more cases",
        DedupeAdded = "dedupe-added": "repeated triggers are recognised",
        DedupeChanged = "dedupe-changed": "repeated triggers are recognised by something else",
        DedupeRemoved = "dedupe-removed": "repeated triggers are no longer recognised",
        ContractMoved = "contract-moved": "another contract is used",
        OutputAdded = "output-added": "the workflow hands something more back",
        OutputRemoved = "output-removed": "the workflow no longer hands something back",
        OutputChanged = "output-changed": "the workflow hands another value back",
        RecordAdded = "record-added": "an object has a system of record",
        RecordRemoved = "record-removed": "an object has no system of record",
        RecordSystemChanged = "record-system-changed": "another system holds the truth",
        RecordKeyChanged = "record-key-changed": "an object is identified by another field",
        SyncTargetAdded = "sync-target-added": "another system gets a copy",
        SyncTargetRemoved = "sync-target-removed": "a system no longer gets a copy",
        SlaTightened = "sla-tightened": "a promise of time is stricter",
        SlaLoosened = "sla-loosened": "a promise of time is weaker",
        ProofAdded = "proof-added": "more is proved on completion",
        ProofRemoved = "proof-removed": "less is proved on completion",
        ProofChanged = "proof-changed": "completion is proved by something else",
    }

    /// How a workflow is operated: stage, fallback, monitoring, running cases.
    Operation(OperationChange) {
        SuccessMetricAdded = "success-metric-added": "the workflow is judged by a figure",
        SuccessMetricRemoved = "success-metric-removed": "the workflow is no longer judged by a figure",
        SuccessMetricChanged = "success-metric-changed": "the workflow is judged by another figure",
        FallbackAdded = "fallback-added": "work can go on without the workflow",
        FallbackChanged = "fallback-changed": "work goes on in another way without the workflow",
        FallbackRemoved = "fallback-removed": "work cannot go on without the workflow",
        MonitorAdded = "monitor-added": "another figure is kept",
        MonitorRemoved = "monitor-removed": "a figure is no longer kept",
        ReviewCadenceChanged = "review-cadence-changed": "the figures are reviewed at other times",
        AlertAdded = "alert-added": "somebody is told",
        AlertRemoved = "alert-removed": "nobody is told any more",
        AlertChanged = "alert-changed": "somebody is told otherwise",
        StageRaised = "stage-raised": "the rollout goes a stage up",
        StageLowered = "stage-lowered": "the rollout goes a stage down",
        InFlightChanged = "in-flight-changed": "running cases are treated otherwise",
        MigrationPlanChanged = "migration-plan-changed": "running cases move by another plan",
        AttestationAdded = "attestation-added": "somebody vouches for readiness",
        AttestationRemoved = "attestation-removed": "nobody vouches for readiness",
    }

    /// The states, transitions and exceptions of a workflow.
    Flow(FlowChange) {
        StateAdded = "state-added": "a state is new",
        StateRemoved = "state-removed": "a state is gone",
        StateRenamed = "state-renamed": "a state has another name",
        LifecycleChanged = "lifecycle-changed": "requesters see another status",
        LoopLimitChanged = "loop-limit-changed": "a case may come back more or less often",
        TransitionAdded = "transition-added": "a case can go another way",
        TransitionRemoved = "transition-removed": "a case can no longer go a way",
        GuardNarrowed = "guard-narrowed": "a way is taken in fewer cases",
        GuardWidened = "guard-widened": "a way is taken in more cases",
        GuardChanged = "guard-changed": "a way is taken under another condition",
        ConditionRewritten = "condition-rewritten": "a condition is written otherwise and means the same",
        TransitionsReordered = "transitions-reordered": "ways are tried in another order",
        MoversNarrowed = "movers-narrowed": "fewer people may move a case",
        MoversWidened = "movers-widened": "more people may move a case",
        MoversReplaced = "movers-replaced": "other people may move a case",
        RequiredDataAdded = "required-data-added": "a case needs more data to move",
        RequiredDataRemoved = "required-data-removed": "a case needs less data to move",
        ReasonAdded = "reason-added": "a reason code is new",
        ReasonRemoved = "reason-removed": "a reason code is gone",
        ReasonRenamed = "reason-renamed": "a reason code has another name",
        ExceptionRerouted = "exception-rerouted": "other people resolve an exception",
        ExceptionClassChanged = "exception-class-changed": "an exception is of another kind",
        ResumeChanged = "resume-changed": "a resolved case comes back elsewhere",
    }

    /// The steps of a workflow.
    Step(StepChange) {
        StepAdded = "step-added": "a step is new",
        StepRemoved = "step-removed": "a step is gone",
        StepReordered = "step-reordered": "steps are done in another order",
        StepMoved = "step-moved": "a step is done in another place",
        StepRenamed = "step-renamed": "a step has another name",
        StepKindChanged = "step-kind-changed": "a step does another kind of work",
        OperationChanged = "operation-changed": "a step calls something else",
        StepInputChanged = "step-input-changed": "a step is given other data",
        StepConditionChanged = "step-condition-changed": "a step is done under another condition",
        StepAccountChanged = "step-account-changed": "a step runs as another account",
        RetryChanged = "retry-changed": "a failed call is tried again otherwise",
        TimeoutChanged = "timeout-changed": "something may take longer or shorter",
        EscalationChanged = "escalation-changed": "something else happens when time is up",
        ErrorHandlingChanged = "error-handling-changed": "an error leads elsewhere",
        IdempotencyKeyAdded = "idempotency-key-added": "a repeated call is recognised",
        IdempotencyKeyChanged = "idempotency-key-changed": "a repeated call is recognised by something else",
        IdempotencyKeyRemoved = "idempotency-key-removed": "a repeated call is no longer recognised",
        CompensationAdded = "compensation-added": "a step can be undone",
        CompensationRemoved = "compensation-removed": "a step can no longer be undone",
        EvidenceAdded = "evidence-added": "more must be shown",
        EvidenceRemoved = "evidence-removed": "less must be shown",
        AssignmentChanged = "assignment-changed": "other people do a task",
        CheckAdded = "check-added": "something more must be true",
        CheckRemoved = "check-removed": "something need not be true any more",
        CheckChanged = "check-changed": "something else must be true",
        WaitChanged = "wait-changed": "a case waits for something else",
        NotificationChanged = "notification-changed": "somebody else is told, or something else",
        EventChanged = "event-changed": "another event is published",
        BranchingChanged = "branching-changed": "work is split otherwise",
    }

    /// Human decisions.
    Approval(ApprovalChange) {
        ApprovalAdded = "approval-added": "somebody must agree who need not",
        ApprovalRemoved = "approval-removed": "nobody must agree any more",
        ApprovalCountRaised = "approval-count-raised": "more people must agree",
        ApprovalCountLowered = "approval-count-lowered": "fewer people must agree",
        ApproversNarrowed = "approvers-narrowed": "fewer people may decide",
        ApproversWidened = "approvers-widened": "more people may decide",
        ApproversReplaced = "approvers-replaced": "other people decide",
        ExclusionAdded = "exclusion-added": "somebody may not decide",
        ExclusionRemoved = "exclusion-removed": "somebody may decide who was kept out",
        ApprovalConditionAdded = "approval-condition-added": "an approval is asked for in fewer cases",
        ApprovalConditionRemoved = "approval-condition-removed": "an approval is asked for in more cases",
        ApprovalConditionChanged = "approval-condition-changed": "an approval is asked for in other cases",
        WaiverAdded = "waiver-added": "an approval can be waived",
        WaiverRemoved = "waiver-removed": "an approval can no longer be waived",
        WaiverNarrowed = "waiver-narrowed": "an approval is waived in fewer cases",
        WaiverWidened = "waiver-widened": "an approval is waived in more cases",
        WaiverChanged = "waiver-changed": "an approval is waived in other cases",
        AutoApprovalAdded = "auto-approval-added": "time approves",
        AutoApprovalRemoved = "auto-approval-removed": "time no longer approves",
        DelegateChanged = "delegate-changed": "somebody else stands in",
    }

    /// Named thresholds.
    Control(ControlChange) {
        ControlAdded = "control-added": "a threshold has a name",
        ControlRemoved = "control-removed": "a threshold is no longer named",
        ControlRenamed = "control-renamed": "a control has another name",
        ControlWeakened = "control-weakened": "a threshold moves the weaker way",
        ControlStrengthened = "control-strengthened": "a threshold moves the stronger way",
        ControlValueChanged = "control-value-changed": "a threshold is another one",
        ControlOwnerChanged = "control-owner-changed": "somebody else answers for a control",
        ControlPolarityChanged = "control-polarity-changed": "the weaker direction is the other one",
        ControlUnitChanged = "control-unit-changed": "a control counts something else",
    }

    /// Queues, systems, people, calendars and decision tables.
    Directory(DirectoryChange) {
        QueueAdded = "queue-added": "a queue is new",
        QueueRemoved = "queue-removed": "a queue is gone",
        QueueRenamed = "queue-renamed": "a queue has another name",
        QueueKindChanged = "queue-kind-changed": "something else waits in a queue",
        PauseAdded = "pause-added": "waiting no longer counts against the promise",
        PauseRemoved = "pause-removed": "waiting counts against the promise",
        SystemAdded = "system-added": "a system is new",
        SystemRemoved = "system-removed": "a system is gone",
        ServiceAccountAdded = "service-account-added": "an account is new",
        ServiceAccountRemoved = "service-account-removed": "an account is gone",
        AccountScopeWidened = "account-scope-widened": "an account may do more",
        AccountScopeNarrowed = "account-scope-narrowed": "an account may do less",
        RotationQuickened = "rotation-quickened": "a credential changes more often",
        RotationSlowed = "rotation-slowed": "a credential changes less often",
        ServiceOperationAdded = "service-operation-added": "an operation can be called",
        ServiceOperationRemoved = "service-operation-removed": "an operation can no longer be called",
        ServiceOperationChanged = "service-operation-changed": "an operation works otherwise",
        RoleGranted = "role-granted": "somebody holds a role",
        RoleRevoked = "role-revoked": "somebody no longer holds a role",
        DirectoryEntryAdded = "directory-entry-added": "a person, team, calendar or map is new",
        DirectoryEntryRemoved = "directory-entry-removed": "a person, team, calendar or map is gone",
        DirectoryEntryChanged = "directory-entry-changed": "something is noted otherwise in the directory",
        CalendarShortened = "calendar-shortened": "there are fewer working hours",
        CalendarExtended = "calendar-extended": "there are more working hours",
        CalendarChanged = "calendar-changed": "the working hours are others",
        DecisionAdded = "decision-added": "a decision table is new",
        DecisionRemoved = "decision-removed": "a decision table is gone",
        DecisionChanged = "decision-changed": "a decision table decides otherwise",
    }

    /// Policies, scenarios and project settings.
    Policy(PolicyChange) {
        PolicyAdded = "policy-added": "a policy is new",
        PolicyRemoved = "policy-removed": "a policy is gone",
        LevelRaised = "level-raised": "a rule counts for more",
        LevelLowered = "level-lowered": "a rule counts for less",
        RequirementAdded = "requirement-added": "more is demanded",
        RequirementRemoved = "requirement-removed": "less is demanded",
        RequirementChanged = "requirement-changed": "something else is demanded",
        SeparationAdded = "separation-added": "duties are kept apart",
        SeparationRemoved = "separation-removed": "duties are no longer kept apart",
        SeparatedDutyAdded = "separated-duty-added": "one more duty is kept apart",
        SeparatedDutyRemoved = "separated-duty-removed": "one duty less is kept apart",
        ApprovalRuleAdded = "approval-rule-added": "more changes need an approval",
        ApprovalRuleRemoved = "approval-rule-removed": "fewer changes need an approval",
        ApprovalRuleChanged = "approval-rule-changed": "changes need another approval",
        AcceptanceRuleAdded = "acceptance-rule-added": "fewer people may accept a breaking change",
        AcceptanceRuleRemoved = "acceptance-rule-removed": "more people may accept a breaking change",
        LockAdded = "lock-added": "a rule cannot be suppressed alone",
        LockRemoved = "lock-removed": "a rule can be suppressed by anybody",
        ApprovalEvidenceRaised = "approval-evidence-raised": "approvals are proved better",
        ApprovalEvidenceLowered = "approval-evidence-lowered": "approvals are proved less well",
        BaselineNamed = "baseline-named": "known findings are no longer shown",
        BaselineDropped = "baseline-dropped": "known findings are shown again",
        ScenarioAdded = "scenario-added": "a case is tried",
        ScenarioRemoved = "scenario-removed": "a case is no longer tried",
        ScenarioChanged = "scenario-changed": "a case is tried otherwise",
        ListChanged = "list-changed": "a named list has other values",
        ProjectSettingChanged = "project-setting-changed": "a setting of the project changed",
    }
}
