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
        // About another entry.
        Acknowledgement = "acknowledgement", "確認", "acknowledgement";
        Correction = "correction", "訂正", "correction";
        Retraction = "retraction", "取消し", "retraction";
    }
}

impl Kind {
    /// Whether the kind says who the patient is or who serves them.
    #[must_use]
    pub const fn is_administrative(self) -> bool {
        matches!(self, Self::Registration | Self::Consent | Self::TeamLink | Self::TeamUnlink | Self::HostChange)
    }

    /// Whether the kind changes who is on the team: such an act is undone by another, never corrected.
    #[must_use]
    pub const fn changes_team(self) -> bool {
        matches!(self, Self::TeamLink | Self::TeamUnlink | Self::HostChange)
    }

    /// Whether the kind records what somebody saw: nobody may be kept from recording it.
    #[must_use]
    pub const fn is_observation(self) -> bool {
        matches!(self, Self::Vital | Self::Note | Self::Visit | Self::StatusChange | Self::InfectionNotice)
    }

    /// Whether entries of the kind point at another entry and are never more visible than it.
    #[must_use]
    pub const fn points_back(self) -> bool {
        matches!(self, Self::Acknowledgement | Self::Correction | Self::Retraction)
    }
}
