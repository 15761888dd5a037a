/**
 * The words by which a participant page is known, in the languages its people use. Compared after `plain()`, so
 * case, accents, dashes, spaces and colons do not matter.
 */

/** What a label says its value is. `foreign` values belong to somebody else on the page. */
export type LabelKind = 'email' | 'userId' | 'accountId' | 'name' | 'link' | 'foreign';

/** Lower case, without accents of Latin letters and without anything but letters and digits. */
export function plain(text: string): string {
  return text
    .normalize('NFKD')
    .replace(/[\u0300-\u036f]/g, '')
    .normalize('NFC')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]/gu, '');
}

const PARTICIPANT =
  /participant|advocate|teilnehmer|deelnemer|partecipant|uczestnik|ambassad|embajador|befurworter|参加者|参与者|參與者|참가자|アドボケイト/;
const PERSON =
  /user|member|benutzer|nutzer|mitglied|utilisateur|usuario|utente|gebruiker|ユーザー|会員|用户|사용자/;
const DETAIL =
  /detail|profil|info|overview|ubersicht|einzelheit|angaben|apercu|fiche|dossier|perfil|resumen|dati|dados|gegevens|詳細|情報|プロフィール|概要|資料|详情|상세/;
const BACK = /^(back|zuruck|retour|volver|voltar|indietro|terug|all|alle|tous|todos)|戻る|一覧/;
const ID =
  /(^|[^a-z])id($|[^a-z])|^id|id$|kennung|nummer|number|identifier|identifi(ant|cador|cativo)|numero|識別|番号|key$/;
const ACCOUNT = /account|konto|compte|cuenta|conta(?!ct)|アカウント|账户|帐户|계정/;
const OTHER_OBJECT =
  /stripe|customer|kunde|client|program|tenant|campaign|device|cookie|tax|steuer|payment|payout|zahlung|paiement|pago|transaction|order|reward|pramie|recompense|recompensa|報酬|coupon|session|request/;
const FOREIGN =
  /referr(ed|er|als?|ing)|referredby|empfohlen|empfehl|geworben|geworbene|werber|parrain|filleul|recommand|referid|recomendad|invitad|indicado|紹介|推荐|推薦|friend|freund|amigo|友達|activity|aktivitat|activite|actividad|アクティビティ|history|verlauf|historique|historial|履歴|audit|notes?$|notizen|comment|kommentar|manager|owner|ansprechpartner|assigned|signedin|angemeldet|loggedin|contactus|support|samepage|related|similar|duplicate|othermember|otherparticipant|otheruser|weitere|autres|otros|他の/;
/** Where money or invoices go, or who last wrote: not what the participant is known by. */
const NOT_THEIR_EMAIL =
  /billing|payout|payment|paypal|invoice|rechnung|factur|pago|auszahlung|template|campaign|subject|sent|last/;
const OWN_PROFILE =
  /^(my|your|mein|dein|ihr|mon|votre|mi|tu|su)(account|profile?|konto|profil|compte|cuenta|perfil)|accountsettings|kontoeinstellungen|パスワード|changepassword|twofactor/;
const NEW_FORM =
  /^(add|new|create|invite|import|neue[rn]?|ajouter|nouveau|inviter|anadir|nuevo|invitar|crear)\b|hinzufugen|einladen|erstellen|追加|招待|インポート|新規/;

/** What the text of a label stands for, or null when it is no label that matters. */
export function labelKind(label: string): LabelKind | null {
  if (label.length > 60 || label.includes('@')) return null;
  const text = plain(label);
  if (text === '') return null;
  if (text.includes('stripecustomerid')) return 'link';
  if (FOREIGN.test(text)) return 'foreign';
  if (/mail|courriel|correo/.test(text) && NOT_THEIR_EMAIL.test(text)) return 'foreign';
  if (/mail|メール|courriel|correo|邮箱|邮件|郵箱|이메일/.test(text)) return 'email';
  if (OTHER_OBJECT.test(text)) return null;
  if (ID.test(text)) {
    if (ACCOUNT.test(text)) return 'accountId';
    if (text === 'id' || PARTICIPANT.test(text) || PERSON.test(text) || text === 'externalid')
      return 'userId';
  }
  if (
    /^(full|display|user|participant)?name$|^(vor|nach|voller)?name$|^nom(complet)?$|^prenom$|^nombre|^apellido|^(first|last)name$|氏名|名前|お名前|姓名|이름/.test(
      text,
    )
  )
    return 'name';
  return null;
}

/** `Participant details`, `Teilnehmerprofil`, `参加者情報`: the page or section is about one participant. */
export function saysParticipantDetails(heading: string): boolean {
  const text = plain(heading);
  return text.length < 60 && PARTICIPANT.test(text) && DETAIL.test(text) && !isNewForm(heading);
}

export function saysPersonDetails(heading: string): boolean {
  const text = plain(heading);
  return text.length < 60 && PERSON.test(text) && DETAIL.test(text);
}

export function saysParticipants(text: string): boolean {
  return text.length < 80 && PARTICIPANT.test(plain(text));
}

export function saysBackToParticipants(text: string): boolean {
  return saysParticipants(text) && BACK.test(plain(text.replace(/^[^\p{L}]+/u, '')));
}

/** A section about somebody else: who referred them, whom they referred, who works on it. */
export function isForeign(heading: string): boolean {
  return FOREIGN.test(plain(heading));
}

export function isOwnProfile(heading: string): boolean {
  return OWN_PROFILE.test(plain(heading));
}

export function isNewForm(heading: string): boolean {
  return NEW_FORM.test(
    heading
      .normalize('NFKD')
      .replace(/[\u0300-\u036f]/g, '')
      .normalize('NFC')
      .toLowerCase()
      .trim(),
  );
}

/** Sections that a participant's page has in Advocate; two of them speak for one. */
export function isTypicalSection(heading: string): boolean {
  return /^(rewards?|pramien|belohnungen|recompenses?|recompensas?|報酬|特典|stats|statistik(en)?|sharelinks?|referral(s|info|code|codes|s?link)?|empfehlung(en|scode)?|parrainages?|codedeparrainage|referidos|codigodereferido|customfields|benutzerdefiniertefelder|eigenefelder|champspersonnalises|campospersonalizados|カスタムフィールド|紹介(コード|情報)?|segments?|payoutdetails)$/.test(
    plain(heading),
  );
}
