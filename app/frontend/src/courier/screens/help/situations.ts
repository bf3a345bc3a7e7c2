/** What goes wrong on the road, and what to do then: said as one would to a new colleague, in the order of doing. */
import { t } from "../../language/sentences";
import { TO } from "../place";

export interface Situation {
  id: string;
  title: string;
  at: string[]; // the screens on which it comes first
  steps: string[];
  never?: string;
  to?: { href: string; words: string };
  calls?: { phone: string; words: string }[];
}

const EMERGENCY = [
  { phone: "115", words: t("Gọi cấp cứu") },
  { phone: "114", words: t("Gọi cứu nạn, cứu hộ") },
  { phone: "113", words: t("Gọi công an") },
];

export const SITUATIONS: Situation[] = [
  {
    id: "vang-nha",
    title: t("Không có ai ở nhà"),
    at: ["diem", "chua-duoc"],
    steps: [
      t("Gọi số điện thoại ở điểm này. Máy tự ghi giờ gọi."),
      t("Không ai nghe máy: đợi 10 phút rồi gọi lại lần nữa."),
      t("Chụp cổng nhà, đừng chụp người."),
      t("Bấm “Không làm được”, chọn lý do rồi ghi nhận."),
      t("Cài phiếu hẹn lại ở cổng để gia đình tự chọn ngày khác."),
    ],
    never: t("Không gửi giấy tờ cho hàng xóm, dù chỉ giữ hộ."),
  },
  {
    id: "thieu-giay",
    title: t("Thiếu giấy tờ, hoặc giấy tờ chưa đúng"),
    at: ["nhan"],
    steps: [
      t("Đếm từng giấy theo danh sách trên máy, cùng với người dân."),
      t("Giấy nào chưa có thì chọn “Thiếu”."),
      t("Người dân muốn gửi trước phần đã có: chọn “Vẫn nhận dù còn thiếu giấy tờ”."),
      t("Người dân muốn đợi cho đủ: về điểm này, bấm “Không làm được”, chọn “Thiếu giấy tờ”."),
      t("Giấy sai mẫu, hết hạn, không khớp: chọn “Giấy tờ chưa đúng” và chụp tờ đó."),
    ],
    never: t("Không đòi thêm giấy nào ngoài danh sách."),
  },
  {
    id: "ai-ky",
    title: t("Ai ký ở đâu, mấy lần?"),
    at: ["nhan", "tra"],
    steps: [
      t("Người gửi, người nhận: ký một lần, trên máy này."),
      t("Bưu tá: khi nhận hồ sơ thì ký trên máy, rồi ký liên 1 của phiếu để người gửi giữ làm bằng."),
      t("Liên 2 bỏ vào phong bì, không cần ký. Chỉ khi máy nói hồ sơ cần phiếu có chữ ký thì hai bên cùng ký liên 2."),
      t("Máy không dùng được: hai bên ký liên 2 bằng bút, bưu tá ký liên 1, về báo quầy."),
    ],
    never: t("Không xin thêm chữ ký nào khác, không đưa giấy trắng cho người dân ký."),
  },
  {
    id: "niem-phong",
    title: t("Niêm phong rách, phong bì hỏng hoặc ướt"),
    at: ["tra", "diem", "tui"],
    steps: [
      t("Dừng lại, chưa trao. Để nguyên phong bì như đang có."),
      t("Cho người dân xem, nếu đang ở nhà người dân."),
      t("Chụp cả hai mặt, thấy rõ niêm phong và mã bưu gửi."),
      t("Ở nhà người dân: bấm “Không làm được”, chọn “Niêm phong không còn nguyên”."),
      t("Trên đường: vào “Túi”, bấm “Báo sự cố”. Rồi gọi điều phối viên."),
    ],
    never: t("Không dán lại, không mở ra xem, không thay phong bì."),
    to: { href: TO.incident, words: t("Báo sự cố") },
  },
  {
    id: "het-gio",
    title: t("Sắp hết giờ mà còn điểm"),
    at: ["hom-nay", "thu-tu", "ket-thuc"],
    steps: [
      t("Gọi điều phối viên sớm: có thể nhờ người khác đi thay."),
      t("Làm trước điểm đã hẹn giờ với người dân. Đổi thứ tự được ở “Đổi thứ tự”."),
      t("Điểm không kịp: mở điểm đó, bấm “Không làm được”, chọn “Hết giờ”. Người dân được báo và hẹn lại."),
      t("Mang hết bưu gửi về tủ của bưu cục, rồi mới kết thúc chuyến."),
    ],
    never: t("Không mang giấy tờ của người dân về nhà mình."),
  },
  {
    id: "mat-mang",
    title: t("Mất mạng, sắp hết pin"),
    at: ["cho-gui"],
    steps: [
      t("Mất mạng: cứ làm như thường. Việc đã ghi nằm an toàn trong máy, có mạng thì tự gửi."),
      t("Sắp hết pin: giảm độ sáng, tắt ứng dụng khác, cắm sạc dự phòng."),
      t("Máy tắt hẳn: mở lại là còn đủ mọi việc đã lưu."),
      t(
        "Chưa mở lại được mà phải nhận hoặc trao: dùng giấy tờ in của chuyến, ghi mã bưu gửi và giờ, hai bên ký bút, về báo quầy.",
      ),
    ],
    never: t("Không gỡ ứng dụng, không xóa dữ liệu của trình duyệt: việc chưa gửi sẽ mất."),
    to: { href: TO.queue, words: t("Xem việc chờ gửi") },
  },
  {
    id: "mat-may",
    title: t("Mất điện thoại, quên mã PIN"),
    at: ["mo-khoa", "dang-nhap"],
    steps: [
      t("Mất điện thoại: mượn máy gọi điều phối viên ngay, để khóa máy từ xa."),
      t("Giữ chặt túi giấy tờ, đừng để lại mà đi tìm máy."),
      t("Người nhặt được không đọc được gì: mở máy cần mã PIN, sai 5 lần thì danh sách tự xóa."),
      t("Quên mã PIN: bấm “Đăng nhập lại” khi có mạng rồi chọn mã mới. Việc đã ghi vẫn còn nguyên."),
    ],
    never: t("Không nói mã PIN, mật khẩu cho ai, kể cả người xưng là điều phối viên."),
  },
  {
    id: "khong-biet-chu",
    title: t("Người dân không đọc được, không ký được"),
    at: ["nhan", "tra"],
    steps: [
      t("Đọc to, chậm từng giấy và số tiền. Hỏi lại xem người dân hiểu đúng chưa."),
      t("Cần tiếng Jrai hay Bahnar: nhờ người nhà giúp, hoặc gọi điều phối viên."),
      t("Mời một người lớn làm chứng, do người dân chọn, không phải người của bưu điện."),
      t("Chọn “Không ký được, điểm chỉ trước người làm chứng”. Chụp dấu điểm chỉ; người làm chứng ghi tên và ký."),
      t("Không có người làm chứng: đợi, hoặc hẹn ngày khác."),
    ],
    never: t("Không ký thay, không cầm tay người dân mà ký, không ép."),
  },
  {
    id: "tai-nan",
    title: t("Tai nạn, mưa lũ, xe hỏng"),
    at: ["ban-do", "vi-tri"],
    steps: [
      t("Người trước đã. Vào chỗ an toàn rồi mới gọi."),
      t("Không qua ngầm, cầu tràn khi nước chảy xiết; không đi đường đang sạt lở."),
      t("Giữ túi giấy tờ khô và ở bên mình. Phải bỏ xe lại thì mang túi theo."),
      t("Gọi điều phối viên: ở đâu, ai bị sao, túi còn những gì."),
      t(
        "Khi đã yên: ghi các điểm còn lại là “Thời tiết xấu”, “Đường không đi được” hoặc “Xe hỏng”. Phong bì ướt, hỏng thì báo sự cố.",
      ),
    ],
    calls: EMERGENCY,
  },
];

/** Of a screen: what goes wrong there comes first; the others keep their order. */
export function situationsFor(screen: string): { here: Situation[]; others: Situation[] } {
  const isHere = (one: Situation) => one.at.includes(screen);
  return { here: SITUATIONS.filter(isHere), others: SITUATIONS.filter((one) => !isHere(one)) };
}
