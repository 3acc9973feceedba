//! The roles people act in, the types of organisation, and the codes other systems know them by.

use super::list::closed_list;

closed_list! {
    /// A role a person acts in at one organisation [PractitionerRole.code].
    Role {
        Doctor = "doctor", "医師", "doctor";
        Dentist = "dentist", "歯科医師", "dentist";
        Nurse = "nurse", "看護師", "nurse";
        Pharmacist = "pharmacist", "薬剤師", "pharmacist";
        DentalHygienist = "dental_hygienist", "歯科衛生士", "dental hygienist";
        Rehab = "rehab", "リハビリ職", "therapist";
        CareManager = "care_manager", "ケアマネジャー", "care manager";
        Helper = "helper", "介護職", "care worker";
        Msw = "msw", "医療ソーシャルワーカー", "medical social worker";
        EquipmentAdviser = "equipment_adviser", "福祉用具専門相談員", "welfare-equipment adviser";
        Municipality = "municipality", "行政担当者", "municipal officer";
        Secretariat = "secretariat", "事務局", "secretariat";
        Family = "family", "家族", "family";
        /// A system client such as a device gateway or an EHR.
        Gateway = "gateway", "連携システム", "connected system";
    }
}

impl Role {
    /// The code of JP Core's `JP_PractitionerRole_CS`, where it has one; our own code system holds the rest.
    #[must_use]
    pub const fn jp_core_code(self) -> Option<&'static str> {
        match self {
            Self::Doctor => Some("JPR10000"),
            Self::Nurse => Some("JPR20000"),
            Self::Pharmacist => Some("JPR30000"),
            Self::DentalHygienist => Some("JPR20800"),
            Self::Rehab => Some("JPR30400"),
            Self::Helper => Some("JPR20600"),
            Self::Msw => Some("JPR50300"),
            _ => None,
        }
    }
}

closed_list! {
    /// What an organisation is [Organization.type].
    OrganisationType {
        Clinic = "clinic", "診療所", "clinic";
        Hospital = "hospital", "病院", "hospital";
        NursingStation = "nursing_station", "訪問看護ステーション", "visiting-nurse station";
        Pharmacy = "pharmacy", "薬局", "pharmacy";
        DentalClinic = "dental_clinic", "歯科診療所", "dental clinic";
        CareOffice = "care_office", "居宅介護支援事業所", "care-management office";
        HomeHelp = "home_help", "訪問介護事業所", "home-help service";
        DayService = "day_service", "通所・短期入所事業所", "day or short-stay service";
        SupportCentre = "support_centre", "地域包括支援センター", "community support centre";
        Municipality = "municipality", "市区町村", "municipality";
        Secretariat = "secretariat", "連携事務局", "ICT secretariat";
        /// The household itself: the place family members act from.
        Home = "home", "自宅", "home";
    }
}

impl OrganisationType {
    /// The roles that an office of this type takes people on in by itself. Any other position only the secretariat enters:
    /// a home-help service must not be able to make a doctor of somebody.
    #[must_use]
    pub const fn takes_on(self) -> &'static [Role] {
        use Role::{
            CareManager, DentalHygienist, Dentist, Doctor, EquipmentAdviser, Helper, Msw, Municipality, Nurse,
            Pharmacist, Rehab,
        };
        match self {
            Self::Clinic => &[Doctor, Nurse, Rehab, Msw],
            Self::Hospital => &[Doctor, Dentist, Nurse, Pharmacist, DentalHygienist, Rehab, Msw],
            Self::NursingStation => &[Nurse, Rehab],
            Self::Pharmacy => &[Pharmacist],
            Self::DentalClinic => &[Dentist, DentalHygienist],
            Self::CareOffice => &[CareManager],
            Self::HomeHelp => &[Helper],
            Self::DayService => &[Nurse, Rehab, Helper, EquipmentAdviser],
            Self::SupportCentre => &[Nurse, CareManager, Msw],
            Self::Municipality => &[Municipality],
            Self::Secretariat | Self::Home => &[],
        }
    }
}
