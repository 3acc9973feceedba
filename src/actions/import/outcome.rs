//! The classes an import sorts rows into: exactly one outcome each, and any number of notes.

use crate::domain::list::closed_list;

closed_list! {
    /// What became of a row.
    Outcome {
        Imported = "imported", "取り込み", "imported";
        AlreadyThere = "already_there", "取り込み済み", "already there";
        Repeated = "repeated", "ファイル内の同じ行の繰り返し", "repeats an earlier row of the file";
        NoMeasurement = "no_measurement", "使える測定値なし", "no usable measurement";
        Blank = "blank", "空の行", "empty row";
        Invalid = "invalid", "読めない値", "unreadable value";
        Implausible = "implausible", "ありえない値", "implausible value";
        UnknownPatient = "unknown_patient", "未登録の患者", "unknown patient";
        Conflict = "conflict", "同じ行IDで内容が違う", "same row id, other content";
        Refused = "refused", "ルールによる拒否", "refused by a rule";
        /// Good, but not written: others are wrong, or the import stopped.
        HeldBack = "held_back", "書き込まず（行に誤りはない）", "good, but not written";
    }
}

impl Outcome {
    /// Whether the row has to be looked at by somebody.
    #[must_use]
    pub const fn is_wrong(self) -> bool {
        matches!(self, Self::Invalid | Self::Implausible | Self::UnknownPatient | Self::Conflict | Self::Refused)
    }
}

closed_list! {
    /// What is odd about a row that is taken all the same.
    Note {
        DateOnly = "date_only", "日付のみ（0時として記録し、その旨を添える）", "date without time (recorded as midnight, and says so)";
        OwnOffset = "own_offset", "時差の指定があり、時間帯の設定を使わなかった", "carries its own offset; the time zone was not applied";
        PeriodEnd = "period_end", "期間の終わりは記録しない（始まりのみ）", "end of a period is not kept, only its start";
        SameMoment = "same_moment", "同じ患者・同じ時刻の別の測定", "another reading of the same patient and moment";
        Converted = "converted", "単位を換算（元の値も残す）", "unit converted (the given value is kept)";
        Shifted = "shifted", "部位の欄に数値（列ずれ。値は使わない）", "a number where a site belongs (shifted column; not taken)";
        SiteAsText = "site_as_text", "一覧にない部位（コメントに残す）", "site outside the list (kept in the comment)";
        NoValueMark = "no_value_mark", "測定できなかった旨の語（コメントに残す）", "a word for \u{201c}not measured\u{201d} (kept in the comment)";
        EqualPressures = "equal_pressures", "収縮期と拡張期の血圧が同じ", "systolic equals diastolic";
        PulseIsDiastolic = "pulse_is_diastolic", "脈拍が拡張期血圧と同じ値（多くの行で同じなら列の写し誤りを疑う）", "pulse equals diastolic pressure (in most rows: suspect a copied column)";
        ColumnsDisagree = "columns_disagree", "同じ項目の列どうしが食い違う（先の列を採る）", "columns for one field disagree (the first is taken)";
        KanaFromName = "kana_from_name", "フリガナに氏名をそのまま使用", "kana taken from the name as written";
        SexUnknown = "sex_unknown", "性別の記載なし", "sex not given";
        PossibleDouble = "possible_double", "氏名と生年月日が同じ別の患者番号", "another patient number with the same name and birth date";
        RegistrationDiffers = "registration_differs", "登録済みの内容と違う（登録は変えない）", "differs from what is registered (which stays)";
        HostedElsewhere = "hosted_elsewhere", "他の事業所が管理中（管理事業所は変えない）", "another organisation is host (which stays)";
    }
}
