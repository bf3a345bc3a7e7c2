import type { Problem } from "../types";

/** One word for one thing, the same as on the office's pages. */

export const KIND: Record<string, string> = {
  collect: "Thu gom hồ sơ",
  deliver: "Trả kết quả",
  give_back: "Trả lại giấy tờ",
};

/** What a newer server may ask for is named all the same: the app is the older one until the courier updates it. */
export const kindOf = (kind: string): string => KIND[kind] ?? "Việc mới";

export const PURPOSE: Record<string, string> = {
  dossier: "Hồ sơ",
  result: "Kết quả",
  papers_due: "Bản chính nộp lại",
  give_back: "Giấy tờ trả lại",
};

export const purposeOf = (purpose: string): string => PURPOSE[purpose] ?? "Bưu gửi";

export const HOLDER: Record<string, string> = {
  citizen: "người dân",
  courier: "bưu tá",
  office_safe: "bưu cục",
  bag: "túi thư",
  desk: "bộ phận một cửa",
  carrier: "đơn vị vận chuyển",
  lost: "đã báo mất",
};

export const CHARGE: Record<string, string> = {
  postage: "Cước bưu gửi",
  state_fee: "Lệ phí nộp thay",
  remittance: "Phí nộp thay lệ phí",
};

export const PURSE = { postage: "Cước", state_fee: "Lệ phí thu hộ" };

export const OPERATION: Record<string, string> = {
  run_started: "Bắt đầu chuyến",
  collected: "Nhận giấy tờ",
  delivered: "Trả kết quả",
  not_done: "Chưa làm được",
  handed_over: "Bàn giao bưu gửi",
  stop_added: "Thêm điểm",
  reordered: "Đổi thứ tự điểm",
  pin_corrected: "Sửa vị trí nhà",
  incident: "Báo sự cố",
  run_ended: "Kết thúc chuyến",
  amended: "Sửa việc đã ghi",
};

export const ENDED_WORDS: Record<string, string> = {
  done: "Đã xong",
  failed: "Chưa thành công",
  held: "Đang giữ tại bưu cục",
  returned: "Đã trả lại nơi gửi",
  cancelled: "Đã hủy",
};

export const RELATION: Record<string, string> = {
  self: "Chính chủ hồ sơ",
  family: "Người trong gia đình",
  authorised: "Người được ủy quyền",
};

export const ID_KIND: Record<string, string> = {
  can_cuoc: "Căn cước hoặc CCCD",
  ho_chieu: "Hộ chiếu",
  giay_xac_nhan: "Giấy xác nhận căn cước",
};

export const INCIDENT: Record<string, string> = {
  seal_broken: "Niêm phong không còn nguyên",
  damaged: "Phong bì hỏng, ướt",
  lost: "Không tìm thấy",
};

type Tone = "info" | "good" | "wait" | "bad" | "neutral";

export const LOCAL_STATE: Record<string, { words: string; tone: Tone }> = {
  saved: { words: "Đã lưu trên máy", tone: "wait" },
  sending: { words: "Đang gửi", tone: "info" },
  received: { words: "Bưu cục đã nhận", tone: "good" },
  needs_help: { words: "Cần người xem", tone: "bad" },
};

export const FILE_KIND: Record<string, string> = {
  envelope: "ảnh phong bì",
  gate: "ảnh cổng nhà",
  place: "ảnh hiện trường",
  seal: "ảnh niêm phong",
  seal_other_side: "ảnh mặt sau niêm phong",
  faulty_paper: "ảnh giấy tờ chưa đúng",
  result_error: "ảnh chỗ sai trên kết quả",
  citizen_signature: "chữ ký người dân",
  courier_signature: "chữ ký bưu tá",
  witness_signature: "chữ ký người làm chứng",
};

const UPDATE = "Xin cập nhật ứng dụng khi có bản mới, rồi bấm “Gửi ngay”.";

const PROBLEM: Record<string, string> = {
  result_unknown: `Bưu cục đã trả lời bằng cách mà bản ứng dụng này chưa hiểu. Việc vẫn được giữ trong máy. ${UPDATE}`,
  file_state_unknown: `Bưu cục đã trả lời về tệp này bằng cách mà bản ứng dụng này chưa hiểu. Tệp vẫn được giữ trong máy. ${UPDATE}`,
};

/** The server's sentence, or ours for what only this phone knows. */
export const problemOf = ({ code, detail }: Problem): string => detail || (PROBLEM[code] ?? code);

export const money = (amount: number): string => `${amount.toLocaleString("vi-VN")} đ`;

export const kilometres = (metres: number): string =>
  `${(metres / 1000).toLocaleString("vi-VN", { maximumFractionDigits: 1 })} km`;

/** "480 m", "3,3 km". */
export const distance = (metres: number): string =>
  metres < 950 ? `${String(Math.round(metres / 10) * 10)} m` : kilometres(metres);

/** 0912 345 678: how a number is read aloud. */
export const phoneNumber = (phone: string): string =>
  phone.replace(/^\+84/, "0").replace(/^(\d{4})(\d{3})(\d{3,4})$/, "$1 $2 $3");
