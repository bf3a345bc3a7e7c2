import { LOCALE } from "../language/chosen";
import { t } from "../language/sentences";
import type { Problem } from "../types";

/** One word for one thing, the same as on the office's pages. */

export const KIND: Record<string, string> = {
  collect: t("Thu gom hồ sơ"),
  deliver: t("Trả kết quả"),
  give_back: t("Trả lại giấy tờ"),
};

/** What a newer server may ask for is named all the same: the app is the older one until the courier updates it. */
export const kindOf = (kind: string): string => KIND[kind] ?? t("Việc mới");

/** What is done at the door: a visit for some papers is not called a collection of the dossier. */
export const workOf = ({ kind, only_lines }: { kind: string; only_lines?: number[] | null }): string =>
  only_lines ? t("Thu gom giấy tờ còn thiếu") : kindOf(kind);

export const PURPOSE: Record<string, string> = {
  dossier: t("Hồ sơ"),
  result: t("Kết quả"),
  papers_due: t("Bản chính nộp lại"),
  supplement: t("Giấy tờ bổ sung"),
  give_back: t("Giấy tờ trả lại"),
};

export const purposeOf = (purpose: string): string => PURPOSE[purpose] ?? t("Bưu gửi");

export const HOLDER: Record<string, string> = {
  citizen: t("người dân"),
  courier: t("bưu tá"),
  office_safe: t("bưu cục"),
  bag: t("túi thư"),
  desk: t("bộ phận một cửa"),
  carrier: t("đơn vị vận chuyển"),
  lost: t("đã báo mất"),
};

export const CHARGE: Record<string, string> = {
  postage: t("Cước bưu gửi"),
  state_fee: t("Lệ phí nộp thay"),
  remittance: t("Phí nộp thay lệ phí"),
};

export const PURSE = { postage: t("Cước"), state_fee: t("Lệ phí thu hộ") };

export const OPERATION: Record<string, string> = {
  run_started: t("Bắt đầu chuyến"),
  collected: t("Nhận giấy tờ"),
  delivered: t("Trả kết quả"),
  not_done: t("Chưa làm được"),
  handed_over: t("Bàn giao bưu gửi"),
  stop_added: t("Thêm điểm"),
  reordered: t("Đổi thứ tự điểm"),
  pin_corrected: t("Sửa vị trí nhà"),
  called: t("Gọi điện"),
  incident: t("Báo sự cố"),
  run_ended: t("Kết thúc chuyến"),
  amended: t("Sửa việc đã ghi"),
};

export const RELATION: Record<string, string> = {
  self: t("Chính chủ hồ sơ"),
  family: t("Người trong gia đình"),
  authorised: t("Người được ủy quyền"),
};

export const ID_KIND: Record<string, string> = {
  can_cuoc: t("Căn cước hoặc CCCD"),
  ho_chieu: t("Hộ chiếu"),
  giay_xac_nhan: t("Giấy xác nhận căn cước"),
};

export const INCIDENT: Record<string, string> = {
  seal_broken: t("Niêm phong không còn nguyên"),
  damaged: t("Phong bì hỏng, ướt"),
  lost: t("Không tìm thấy"),
};

type Tone = "info" | "good" | "wait" | "bad" | "neutral";

export const LOCAL_STATE: Record<string, { words: string; tone: Tone }> = {
  saved: { words: t("Đã lưu trên máy"), tone: "wait" },
  sending: { words: t("Đang gửi"), tone: "info" },
  received: { words: t("Bưu cục đã nhận"), tone: "good" },
  needs_help: { words: t("Cần người xem"), tone: "bad" },
};

export const FILE_KIND: Record<string, string> = {
  envelope: t("ảnh phong bì"),
  gate: t("ảnh cổng nhà"),
  place: t("ảnh hiện trường"),
  seal: t("ảnh niêm phong"),
  seal_other_side: t("ảnh mặt sau niêm phong"),
  faulty_paper: t("ảnh giấy tờ chưa đúng"),
  result_error: t("ảnh chỗ sai trên kết quả"),
  citizen_signature: t("chữ ký người dân"),
  courier_signature: t("chữ ký bưu tá"),
  witness_signature: t("chữ ký người làm chứng"),
};

const UPDATE = t("Xin cập nhật ứng dụng khi có bản mới, rồi bấm “Gửi ngay”.");

const PROBLEM: Record<string, string> = {
  result_unknown: t(
    "Bưu cục đã trả lời bằng cách mà bản ứng dụng này chưa hiểu. Việc vẫn được giữ trong máy. {update}",
    { update: UPDATE },
  ),
  file_state_unknown: t(
    "Bưu cục đã trả lời về tệp này bằng cách mà bản ứng dụng này chưa hiểu. Tệp vẫn được giữ trong máy. {update}",
    { update: UPDATE },
  ),
};

/** The server's sentence, or ours for what only this phone knows. */
export const problemOf = ({ code, detail }: Problem): string => detail || (PROBLEM[code] ?? code);

/** Many an office is called so already. */
export const officeName = (name: string): string => (/^Bưu/.test(name) ? name : t("Bưu cục {name}", { name }));

export const money = (amount: number): string => `${amount.toLocaleString(LOCALE)} đ`;

export const kilometres = (metres: number): string =>
  `${(metres / 1000).toLocaleString(LOCALE, { maximumFractionDigits: 1 })} km`;

/** "480 m", "3,3 km". */
export const distance = (metres: number): string =>
  metres < 950 ? `${String(Math.round(metres / 10) * 10)} m` : kilometres(metres);

/** 0912 345 678: how a number is read aloud. */
export const phoneNumber = (phone: string): string =>
  phone.replace(/^\+84/, "0").replace(/^(\d{4})(\d{3})(\d{3,4})$/, "$1 $2 $3");
