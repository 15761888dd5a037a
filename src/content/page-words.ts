/**
 * The words by which a participant page is known, in the languages its people use. Compared after `plain()`, so
 * case, accents, dashes, spaces and colons do not matter.
 */

import { forText, isAscii } from './for-text.ts';

/** What a label says its value is. `foreign` values belong to somebody else on the page. */
export type LabelKind = 'email' | 'userId' | 'accountId' | 'name' | 'link' | 'foreign';

/** Letters that Unicode does not take apart and people type without their stroke or dot. */
const STROKES: Record<string, string> = { ı: 'i', ł: 'l', ø: 'o', æ: 'ae', đ: 'd' };

/** Lower case, without accents of Latin letters and without anything but letters and digits. */
export function plain(text: string): string {
  const words = bare(text);
  return words.replace(besides(words), '');
}

const besides = forText(String.raw`[^\p{L}\p{N}]`, 'g');
const afterColon = forText(String.raw`[:：]\s*[\p{L}]`);
const beforeWords = forText(String.raw`^[^\p{L}]+`);

const bare = (text: string) => (isAscii(text) ? text.toLowerCase() : bareOfAccents(text));

const bareOfAccents = (text: string) =>
  text
    .normalize('NFKD')
    .replace(/[\u0300-\u036f]/g, '')
    .normalize('NFC')
    .toLowerCase()
    .replace(/[ıłøæđ]/g, (letter) => STROKES[letter] ?? letter);

const PARTICIPANT =
  /part[ei][ck]ipant|advocate|teilnehm|deelnem|ucastni|uczestni|deltag[ae]r|deltaker|katilimci|osallistuj|resztvev|ambassad|emba(j|ix)ador|peserta|nguoithamgia|учасни|участни|συμμετεχ|משתת|مشارك|[参參][加与與]者|참[가여]자|アドボケイト/;
const PERSON =
  /user|member|mitglied|nutzer|utili[sz]a[dt]|usuari|utente|gebruiker|miembro|membr|uzytkown|zivatel|anvand|bru[gk]er|kullanici|kayttaj|felhasznal|pengguna|nguoidung|пользоват|потребител|користувач|χρηστ|משתמש|مستخدم|ユーザ|[会會][員员]|利用者|用[户戶]|使用者|사용자|회원|uporabnik|korisni|کاربر/;
const DETAIL =
  /detal|detail|dettagl|detay|profil|perfil|info|overview|summary|record|ubersicht|einzelheit|angaben|da(ten|ti)$|apercu|fiche|scheda|dossier|resumen|da[dt]os|gegevens|szczegol|podrobn|udaj|uppgift|oversikt|opp?lysning|ayrinti|bilgi|tiedot|adat|chitiet|сведен|данн|дета|дан[иі]|профил|инфо|подробн|карточк|στοιχει|προφιλ|פרטי|פרופיל|تفاصيل|بيانات|معلومات|ملف|詳|情報|プロフィール|概要|[資资]料|详|信息|상세|정보|프로필/;
const BACK =
  /^(back|zuruck|retour|vol[vt]|indietro|torna|terug|tilba|geri|takaisin|zpet|wroc|powrot|назад|חזרה|رجوع|العودة|all|alle|tous|todos|tutti)|戻る|一覧|返回|목록/;
const ID =
  /(^|[^a-z])id($|[^a-z])|^id|id$|^ид|kennung|num+b?er|identifier|identi?f[iy](ant|cad|cat|kat)|kimli|tunn|azonosito|[иі]дентиф|αναγνωρ|מזהה|معرف|識別|标识|番号|[编編]号|아이디|번호|key$|شناسه/;
const ACCOUNT =
  /account|konto|compte|cuenta|conta(?!ct|tto)|hesap|hesab|ucet|uctu|fiok|akun|аккаунт|учетн|λογαριασμ|חשבון|حساب|アカウント|[账帐帳][户戶号號]|계정/;
const OTHER_OBJECT =
  /stripe|customer|kunde|client|program|tenant|campaign|device|cookie|tax|steuer|payment|payout|zahlung|paiement|pago|transaction|order|reward|pramie|recompens|報酬|coupon|session|request|ticket/;
const EMAIL =
  /mail|electroni|elektron|courriel|correo|post[ai]$|posta(adres|elettron)|^e?l?past|^epost|epost(adress)?$|почт|пошт|ταχυδρ|דואל|מייל|بريد|ايميل|メール|邮[箱件]|[電电]子?[郵邮]|郵箱|메일|имеил|имэил|ایمیل|อเมล/;
const FOREIGN =
  /(^|[^p])referr|re[ck]om+[ae]n[dt]|invitedby|invita[dt]|sponsor|recruit|empf[eo]hl|geworben|werber|parrain|filleul|referi[dt]|convidad|indicad|segnalat|consigliat|verw(ez|ijz)|doorverw|aanbevol|uitgenodig|polec|zapros|gioithieu|v[ae]rv[ae][dt]|h[ae]nvis|anbefal|yonlendir|davet|tavsiye|oneren|suosit|por[uo]c|ajanl|пригла[сш]|реферал|рекоменд|препоръч|συστ|הפנ|הופנה|הוזמן|הזמין|המליץ|[إا]حال|دع[او]|紹介|介绍|推[荐薦]|邀[请請]|추천|초대|friend|freund|amigo|友達|a[ckt]tivi|アクティビティ|histor|verlauf|履歴|timeline|audit|notes?$|notizen|comment|kommentar|manager|owner|ansprechpartner|assigned|createdby|updatedby|signedin|angemeldet|loggedin|contactus|support|samepage|related|similar|duplicate|other(member|participant|user|people)|weitere|autres|otros|altriut|другие|אחרים|آخر|他の|其他|다른/;
/** Where money or invoices go, or who last wrote: not what the participant is known by. */
const NOT_THEIR_EMAIL =
  /billing|payout|payment|paypal|invoice|rechnung|factur|pago|auszahlung|template|campaign|subject|sent|last|second|alternat|recover|backup|previous|former|^old|replyto|notification|bounce|zweit|secund|ancien|anterior/;
const NAME =
  /^(?!user|program).*name$|^(nom|prenom|nombre|nome|naam|namn|navn|nimi|ad|imie|имя|фио|שם|الاسم|نام)|氏名|名前|姓名|이름/;
const OWN_PROFILE =
  /^(my|your|mein|dein|ihr|mon|votre|mi|tu|su)(account|profile?|konto|profil|compte|cuenta|perfil)|accountsettings|kontoeinstellungen|パスワード|changepassword|twofactor/;
const NEW_FORM =
  /^(add|new|create|invite|import|neue[rn]?|ajouter|nouveau|inviter|anadir|nuevo|invitar|crear|nuovo|nieuw|nowy|ny|yeni|нов|добав)\b|hinzufugen|einladen|erstellen|追加|招待|インポート|新規|添加|新建|추가/;

export const isTheirs = (kind: LabelKind | null): boolean =>
  kind === 'email' || kind === 'userId' || kind === 'accountId';

/** What the text of a label stands for, or null when it is no label that matters. */
export function labelKind(label: string): LabelKind | null {
  if (label.length > 60 || label.includes('@')) return null;
  const text = plain(label);
  if (text === '') return null;
  if (text.includes('stripecustomerid')) return 'link';
  if (FOREIGN.test(text)) return 'foreign';
  if (EMAIL.test(text)) return NOT_THEIR_EMAIL.test(text) ? 'foreign' : 'email';
  if (OTHER_OBJECT.test(text)) return null;
  if (ID.test(text)) {
    if (ACCOUNT.test(text)) return 'accountId';
    if (text === 'id' || PARTICIPANT.test(text) || PERSON.test(text) || /^(external|unique)id$/.test(text))
      return 'userId';
  }
  if (NAME.test(text)) return 'name';
  return null;
}

/** `Participant details`, `Teilnehmerprofil`, `参加者情報`: the page or section is about one participant. */
export function saysParticipantDetails(heading: string): boolean {
  const text = plain(heading);
  return (
    text.length < 60 &&
    PARTICIPANT.test(text) &&
    (DETAIL.test(text) || afterColon(heading).test(heading)) &&
    !isNewForm(heading)
  );
}

export function saysPersonDetails(heading: string): boolean {
  const text = plain(heading);
  return text.length < 60 && PERSON.test(text) && DETAIL.test(text);
}

export function saysPerson(text: string): boolean {
  return saysParticipants(text) || PERSON.test(plain(text));
}

export function saysParticipants(text: string): boolean {
  return text.length < 80 && PARTICIPANT.test(plain(text));
}

/** In a menu, `All participants` is no way back. */
export function saysBackToParticipants(text: string, inMenu: boolean): boolean {
  const start = plain(text.replace(beforeWords(text), ''));
  return saysParticipants(text) && BACK.test(start) && !(inMenu && /^(all|tous|todos|tutti)/.test(start));
}

/** A section about somebody else: who referred them, whom they referred, who works on it. */
export function isForeign(heading: string): boolean {
  return FOREIGN.test(plain(heading));
}

export function isOwnProfile(heading: string): boolean {
  return OWN_PROFILE.test(plain(heading));
}

export function isNewForm(heading: string): boolean {
  return NEW_FORM.test(bare(heading).trim());
}

/** Sections that a participant's page has in Advocate; two of them speak for one. */
export function isTypicalSection(heading: string): boolean {
  const text = plain(heading);
  return (
    // `Reward 4711` is one of them.
    !/\d/.test(text) &&
    text.length < 26 &&
    /^(reward|pramie|belohnung|r[ei]co?mpens|報酬|特典|(participant)?stat[si]|sharelink|referral|empfehlung|parrain|referid|customfield|benutzerdef|eigenefeld|champsperso|campospers|カスタム|紹介|segment|payoutdetail|beloning|nagrod|odul|наград|奖励|獎勵|보상|리워드|תגמול|المكاف)/.test(
      text,
    )
  );
}

export const titleParts = (title: string) => title.split(/\s+[|·–—-]\s+/);

/** Words of which none is about the page: they can be a name. */
export function namesSomebody(title: string): boolean {
  const text = plain(title);
  if (text.length < 2 || title.length > 60 || /[@\d]/.test(title) || isTypicalSection(title)) return false;
  if (/^(hello|hi|welcome)|dashboard|loading|notfound|error|home/.test(text)) return false;
  return ![PARTICIPANT, PERSON, DETAIL, ACCOUNT, OTHER_OBJECT, EMAIL, FOREIGN].some((words) =>
    words.test(text),
  );
}

/** The one word, as the title of a list has it. */
export function isListTitle(title: string): boolean {
  const text = plain(title.replace(/[\d.,()]+/g, ''));
  return text.length < 18 && PARTICIPANT.test(text) && !DETAIL.test(text) && !isOneParticipant(title);
}

/** Only where the plural is another word. */
export function isOneParticipant(title: string): boolean {
  return /^(part[ie]cipante?|advocate|deelnemer|deltagare|участник)$/.test(plain(title));
}
