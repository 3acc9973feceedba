//! The closed list of entry kinds, and the families that rules and screens treat alike.

use super::list::closed_list;

closed_list! {
    /// What an entry is. The list is closed: a new kind is added here, in `body.rs` and in the proto.
    Kind {
        // Administrative: who the patient is and who serves them.
        Registration = "registration", "患者登録", "registration";
        Consent = "consent", "本人の同意", "consent";
        TeamLink = "team_link", "チームの紐付け", "team link";
        TeamUnlink = "team_unlink", "紐付けの解除", "team unlink";
        HostChange = "host_change", "管理事業所の変更", "change of host";
        // Observations: what somebody saw or measured. Never refused for want of a link.
        Vital = "vital", "バイタル", "vital signs";
        Note = "note", "記録", "note";
        Visit = "visit", "訪問の記録", "visit";
        StatusChange = "status_change", "状態変化の連絡", "change of condition";
        InfectionNotice = "infection_notice", "感染症情報", "infection notice";
        /// Somebody was phoned: whom, when, reached or not.
        Call = "call", "電話連絡", "call";
        /// A nurse wrote down an order given by word of mouth, read it back, and names the doctor.
        VerbalOrderReceived = "verbal_order_received", "口頭指示の受領", "verbal order received";
        Admission = "admission", "入院・入所", "admission";
        Discharge = "discharge", "退院・退所", "discharge";
        Death = "death", "死亡", "death";
        // Acts of speech: orders, requests, reports, messages.
        Message = "message", "メッセージ", "message";
        Order = "order", "点滴・与薬などの指示", "order";
        StandingOrder = "standing_order", "緊急時の処置指示（事前）", "standing emergency order";
        NursingInstruction = "nursing_instruction", "訪問看護指示書", "nursing instruction";
        NursingReport = "nursing_report", "訪問看護報告書", "nursing report";
        DeviceChange = "device_change", "医療機器の導入・変更", "device change";
        LabRequest = "lab_request", "検査結果の提供依頼", "lab result request";
        LabResult = "lab_result", "検査結果", "lab result";
        AcpNote = "acp_note", "ACPの記録", "ACP note";
        JointVisit = "joint_visit", "同行訪問・合同カンファレンス", "joint visit";
        Conference = "conference", "サービス担当者会議", "conference";
        AlarmLimits = "alarm_limits", "アラーム値の設定", "alarm limits";
        /// The paper of an order, attached.
        OrderDocument = "order_document", "指示の文書", "order document";
        /// A question put to an organisation, to be acknowledged by it.
        Consultation = "consultation", "相談", "consultation";
        StationChange = "station_change", "訪問看護ステーションの変更", "change of nursing station";
        VisitPlan = "visit_plan", "訪問の予定", "visit plan";
        MedicationList = "medication_list", "お薬の一覧", "medication list";
        MedicationReport = "medication_report", "服薬情報の報告", "medication report";
        Allergies = "allergies", "アレルギー", "allergies";
        ProblemList = "problem_list", "病名・問題の一覧", "problem list";
        /// Family and others close to the patient, with the key person.
        RelatedPersons = "related_persons", "家族・キーパーソン", "family and key person";
        CarePlan = "care_plan", "ケアプラン", "care plan";
        /// How somebody in a facility is, also when nothing changed.
        PeriodicRecord = "periodic_record", "定期の様子（変わりなしを含む）", "periodic record";
        /// Breaking the glass: emergency access with its reason and its end.
        EmergencyAccess = "emergency_access", "緊急閲覧の宣言", "emergency access";
        /// The page of a patient who is no longer served is closed.
        Closing = "closing", "ページを閉じる", "closing of the page";
        // On the timeline of an organisation.
        ContactWindow = "contact_window", "連携窓口", "liaison contact";
        Roster = "roster", "当番表", "roster";
        Pledge = "pledge", "申し合わせの確認", "pledge";
        OfficeEntry = "office_entry", "事業所の利用開始", "entry of an office";
        Activation = "activation", "利用者IDの発行", "activation of an account";
        Export = "export", "記録の持ち出し", "export of records";
        Incident = "incident", "情報の取扱い事故", "incident";
        Suspension = "suspension", "利用の停止", "suspension";
        // About another entry.
        Acknowledgement = "acknowledgement", "確認", "acknowledgement";
        Correction = "correction", "訂正", "correction";
        Retraction = "retraction", "取消し", "retraction";
        // The course of a duty.
        /// Written by the hub's clock: opened, reminded, overdue, escalated, closed.
        DutyStep = "duty_step", "約束の経過", "course of a duty";
        /// Written by people: declined, snoozed, waived, handed over, each with a reason.
        DutyAnswer = "duty_answer", "約束への返事", "answer to a duty";
    }
}

impl Kind {
    /// Whether the kind says who the patient is or who serves them.
    #[must_use]
    pub const fn is_administrative(self) -> bool {
        matches!(
            self,
            Self::Registration | Self::Consent | Self::TeamLink | Self::TeamUnlink | Self::HostChange | Self::Closing
        )
    }

    /// Whether the kind changes who is on the team: such an act is undone by another, never corrected.
    #[must_use]
    pub const fn changes_team(self) -> bool {
        matches!(self, Self::TeamLink | Self::TeamUnlink | Self::HostChange)
    }

    /// Whether the kind records what somebody saw: nobody may be kept from recording it.
    #[must_use]
    pub const fn is_observation(self) -> bool {
        matches!(
            self,
            Self::Vital
                | Self::Note
                | Self::Visit
                | Self::StatusChange
                | Self::InfectionNotice
                | Self::Call
                | Self::VerbalOrderReceived
                | Self::Admission
                | Self::Discharge
                | Self::Death
        )
    }

    /// Whether the kind is about an organisation, and stands on its timeline instead of a patient's.
    #[must_use]
    pub const fn is_of_an_organisation(self) -> bool {
        matches!(
            self,
            Self::ContactWindow
                | Self::Roster
                | Self::Pledge
                | Self::OfficeEntry
                | Self::Activation
                | Self::Export
                | Self::Incident
                | Self::Suspension
        )
    }

    /// Whether somebody may write such an entry on behalf of another: what was seen, done or asked can be told to somebody who
    /// writes it down; an act of one's own (agreeing, acknowledging, putting right, declaring) is done by oneself.
    #[must_use]
    pub const fn can_be_written_for_another(self) -> bool {
        !(self.is_administrative()
            || self.is_of_an_organisation()
            || self.is_of_a_duty()
            || self.points_back()
            || matches!(self, Self::EmergencyAccess))
    }

    /// Whether entries of the kind tell the course of a duty.
    #[must_use]
    pub const fn is_of_a_duty(self) -> bool {
        matches!(self, Self::DutyStep | Self::DutyAnswer)
    }

    /// Whether an entry of the kind can name files.
    #[must_use]
    pub const fn carries_files(self) -> bool {
        matches!(
            self,
            Self::Registration
                | Self::Consent
                | Self::Note
                | Self::Visit
                | Self::StatusChange
                | Self::Admission
                | Self::Discharge
                | Self::Message
                | Self::Order
                | Self::OrderDocument
                | Self::Consultation
                | Self::NursingInstruction
                | Self::NursingReport
                | Self::DeviceChange
                | Self::LabResult
                | Self::AcpNote
                | Self::Conference
                | Self::StationChange
                | Self::MedicationList
                | Self::MedicationReport
                | Self::CarePlan
                | Self::Pledge
                | Self::OfficeEntry
                | Self::Incident
        )
    }

    /// Whether entries of the kind point at another entry and are never more visible than it.
    #[must_use]
    pub const fn points_back(self) -> bool {
        matches!(self, Self::Acknowledgement | Self::Correction | Self::Retraction)
    }
}
