"""The words on paper: consignment slip, route sheet, leaflet, code slip, label."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from app.domain.errand import ErrandKind, RequestKind
from app.domain.tariff import ChargeKind
from app.texts.mark import n

BRAND: Final = n("Tận Nhà")

PENS: Final = {
    "sign_hint": n("(ký, ghi rõ họ tên)"),
    "on_glass": n("(ký trên máy, không ký ở đây)"),
    "no_pen": n("(không cần ký)"),
}

SLIP: Final = {
    "title": n("Phiếu gửi hồ sơ"),
    "copy_sender": n("Liên 1: người gửi giữ"),
    "copy_dossier": n("Liên 2: kèm hồ sơ"),
    "parcel": n("Mã bưu gửi"),
    "seal": n("Số niêm phong"),
    "sender": n("Người gửi"),
    "address": n("Địa chỉ"),
    "phone": n("Điện thoại"),
    "agency": n("Nơi nhận hồ sơ"),
    "procedure": n("Thủ tục"),
    "reference": n("Mã yêu cầu"),
    "sealed_at": n("Niêm phong lúc"),
    "line": n("STT"),
    "paper": n("Tên giấy tờ"),
    "original": n("Bản chính"),
    "certified": n("Bản sao chứng thực"),
    "copy": n("Bản chụp"),
    "total": n("Cộng"),
    "postage": n("Cước gửi"),
    "missing": n("Còn thiếu"),
    "looked_up": n("Không cần nộp, đã có trong cơ sở dữ liệu"),
    "statement": n(
        "Hai bên đã cùng đếm, đối chiếu giấy tờ với danh mục công bố; phong bì được niêm phong trước mặt người gửi. "
        "Bộ phận một cửa kiểm đếm lại theo phiếu này khi mở niêm phong."
    ),
    "sender_signs": n("Người gửi"),
    "courier_signs": n("Bưu tá"),
    **PENS,
    "follow": n("Quét để theo dõi hồ sơ"),
    "erased": n("(đã xóa)"),
}

REQUEST_SHEET: Final = {
    "title": n("Phiếu yêu cầu"),
    "reference": n("Mã yêu cầu"),
    "follow": n("Quét để theo dõi hồ sơ"),
    "later": n("hẹn sau, khi kết quả sẵn sàng"),
    "office": n("Bưu cục"),
    "phone": n("Điện thoại"),
    "hours": n("Giờ mở cửa"),
    "dossier_code": n("Mã hồ sơ"),
    "papers": n("Để sẵn; bưu tá đếm cùng ông/bà và niêm phong trước mặt:"),
    "price": n("Giá"),
    "private": n("Ai quét mã này xem và đổi được lịch hẹn; xin giữ riêng."),
    "as_of": n("Bản in ngày %(day)s"),
}
REQUEST_KINDS: Final = {
    RequestKind.SEND: n("Gửi hồ sơ"),
    RequestKind.RECEIVE: n("Nhận kết quả"),
    RequestKind.SEND_AND_RECEIVE: n("Gửi hồ sơ và nhận kết quả"),
}
VISITS: Final = {
    ErrandKind.COLLECT: n("Đến nhận hồ sơ"),
    ErrandKind.DELIVER: n("Mang kết quả đến"),
    ErrandKind.GIVE_BACK: n("Mang trả giấy tờ"),
}
CALENDAR: Final[Mapping[str, str]] = {
    ErrandKind.COLLECT: n("Bưu tá đến nhận hồ sơ, %(reference)s"),
    ErrandKind.DELIVER: n("Bưu tá mang kết quả đến, %(reference)s"),
    ErrandKind.GIVE_BACK: n("Bưu tá mang trả giấy tờ, %(reference)s"),
    "ready": n("Xin để sẵn giấy tờ. Muốn đổi giờ, mở đường dẫn trong tin nhắn, hoặc gọi %(office)s %(phone)s"),
}

ROUTE_SHEET: Final = {
    "title": n("Bản kê tuyến phát và thu gom (BD13)"),
    "forms": n("Mẫu trống mang theo"),
    "office": n("Bưu cục"),
    "day": n("Ngày"),
    "route": n("Tuyến số"),
    "courier": n("Bưu tá"),
    "stops": n("Số điểm"),
    "distance": n("Quãng đường"),
    "leaves": n("Xuất phát"),
    "back": n("Về bưu cục"),
    "number": n("STT"),
    "time": n("Dự kiến"),
    "promised": n("Giờ hẹn"),
    "place": n("Địa chỉ"),
    "who": n("Người gửi, nhận"),
    "task": n("Việc"),
    "parcel": n("Mã bưu gửi"),
    "seal": n("Niêm phong"),
    "result": n("Kết quả"),
    "signed": n("Ký"),
    "collect": n("Nhận hồ sơ"),
    "deliver": n("Trả kết quả"),
    "give_back": n("Trả giấy tờ"),
    "break": n("Nghỉ từ %(start)s, %(minutes)s phút"),
    "courier_signs": n("Bưu tá"),
    "controller_signs": n("Kiểm soát viên"),
    "page": n("Trang"),
    "no_stops": n("Tuyến này không có điểm nào."),
    "word": n("Lời chào: “%(word)s”"),
}

BLANK_SLIP: Final = {
    "title": n("Phiếu gửi hồ sơ"),
    "copy_sender": n("Liên 1: người gửi giữ"),
    "copy_dossier": n("Liên 2: cho vào phong bì"),
    "sender": n("Người gửi"),
    "address": n("Địa chỉ"),
    "agency": n("Nơi nhận hồ sơ"),
    "procedure": n("Thủ tục"),
    "list": n("Danh mục công bố, bản %(version)s"),
    "line": n("STT"),
    "paper": n("Tên giấy tờ"),
    "wanted": n("Cần"),
    "original": n("Bản chính"),
    "certified": n("Chứng thực"),
    "copy": n("Bản chụp"),
    "missing": n("Thiếu"),
    "total": n("Cộng"),
    "label": n("Mã bưu gửi"),
    "seal": n("Số niêm phong"),
    "sealed_at": n("Niêm phong lúc"),
    "money": n("Cước và lệ phí đã thu"),
    "receipt": n("Giấy xác nhận thu tiền số"),
    "official": n("Biên lai lệ phí số"),
    "due": n("Bản chính phải nộp trước khi nhận kết quả"),
    "statement": n(
        "Hai bên cùng đếm, đối chiếu giấy tờ với danh mục công bố. "
        "Phong bì được niêm phong trước mặt người gửi; bộ phận một cửa kiểm đếm lại theo phiếu này."
    ),
    "signing": n(
        "Người gửi chỉ ký một lần, trên máy của bưu tá. Bưu tá ký thêm liên 1 để người gửi giữ làm bằng. "
        "Máy không dùng được thì hai bên ký liên 2."
    ),
    "signing_wanted": n(
        "Hồ sơ này cần phiếu có chữ ký: hai bên ký trên máy của bưu tá và ký liên 2. Bưu tá ký thêm liên 1 để người gửi giữ làm bằng."
    ),
    "part": n("Nếu còn thiếu mà vẫn gửi: người gửi đồng ý gửi trước phần đã có."),
    "sender_signs": n("Người gửi"),
    "courier_signs": n("Bưu tá"),
    **PENS,
}

CARD: Final = {
    "title": n("Bưu tá đã đến mà chưa gặp được ông/bà"),
    "when": n("Lúc …… giờ ……, ngày …… / ……"),
    "scan": n("Quét mã này bằng điện thoại để chọn lúc khác. Cả ngày lẫn đêm đều được, không cần đăng nhập."),
    "otherwise": n("Không quét được thì đến bưu cục, đọc mã:"),
    "stop": n("Điểm %(n)s"),
}

LEAFLET: Final = {
    "online": n("Nộp trực tuyến"),
    "online_yes": n("Vào dichvucong.gov.vn, đăng nhập bằng VNeID, tìm mã thủ tục %(code)s rồi làm theo từng bước."),
    "online_no": n("Thủ tục này chưa nộp trực tuyến được."),
    "post": n("Gửi qua bưu tá, tại nhà"),
    "post_yes": n(
        "Bưu tá đến nhà, đếm giấy tờ cùng ông/bà theo đúng danh mục, niêm phong trước mặt rồi giao cho bộ phận một cửa. Kết quả được mang về tận nhà."
    ),
    "post_originals": n("Bản chính phải nộp trước hoặc khi nhận kết quả; bưu tá nhận lúc mang kết quả đến."),
    "post_no": n("Thủ tục này không gửi qua bưu điện được."),
    "counter": n("Tại quầy bưu cục xã"),
    "counter_yes": n(
        "Nhân viên giúp nộp trực tuyến, chụp giấy tờ, in tờ khai và nhận hồ sơ đã niêm phong. Xin mang theo căn cước."
    ),
    "papers": n("Giấy tờ cần có"),
    "time": n("Thời gian"),
    "fee": n("Lệ phí"),
    "fee_unknown": n("bộ phận một cửa sẽ báo"),
    "free": n("không thu"),
    "result": n("Kết quả"),
    "scan": n("Quét để đặt lịch và xem bản mới nhất"),
    "sample": n("Chép từ cơ sở dữ liệu thủ tục quốc gia; khi khác nhau, bản do cơ quan công bố là đúng."),
    "code": n("Mã thủ tục"),
    "as_of": n("Bản in ngày %(day)s"),
}

# the words in which the published procedures count the time to a decision
DAY: Final = n("ngày")
WORKING_DAY: Final = n("ngày làm việc")

CODE_SLIP: Final = {
    "title": n("Mã nhận kết quả"),
    "reference": n("Mã yêu cầu"),
    "how": n("Khi bưu tá mang kết quả đến, ông/bà cầm kết quả trong tay rồi mới đọc mã này."),
    "keep": n("Không đưa mã cho ai trước lúc đó. Mất phiếu thì gọi hoặc đến bưu cục để in lại."),
    "follow": n("Quét để xem hồ sơ đang ở đâu"),
}

MONEY_CONFIRMATION: Final = {
    "title": n("Giấy xác nhận thu tiền"),
    "number": n("Số"),
    "reference": n("Mã yêu cầu"),
    "when": n("Thu lúc"),
    "how": n("Cách trả"),
    "transfer": n("chuyển khoản"),
    "cash": n("tiền mặt, trả bưu tá tại nhà"),
    "sum": n("Cộng"),
    "official": n("Số biên lai của cơ quan thu lệ phí"),
    "confirms": n("Bưu điện xác nhận đã thu số tiền trên cho yêu cầu này."),
    "as_of": n("Bản in ngày %(day)s"),
}
PAID: Final = {
    ChargeKind.POSTAGE: n("Cước"),
    ChargeKind.STATE_FEE: n("Lệ phí nhà nước, thu hộ"),
    ChargeKind.REMITTANCE: n("Cước chuyển lệ phí"),
}

SURVEY_SLIP: Final = {
    "title": n("Phiếu khảo sát dịch vụ đưa hồ sơ"),
    "reference": n("Mã yêu cầu"),
    "question": n("Lượt bưu tá đến nhà vừa rồi, ông/bà thấy thế nào? Xin đánh dấu một ô."),
    "why": n("Nếu chưa hài lòng, vì sao?"),
    "how": n(
        "Đưa phiếu cho bưu tá hoặc quầy, đọc qua điện thoại cho bưu cục, hoặc quét mã để trả lời. Không cần ghi tên."
    ),
    "scan": n("Quét để trả lời"),
}

CODE_CARD: Final = {
    "title": n("Thẻ mã đăng nhập"),
    "account": n("Tài khoản"),
    "how": n("Sau mật khẩu, màn hình hỏi một mã theo số thứ tự. Dùng xong thì đánh dấu vào ô."),
    "keep": n("Giữ thẻ như giữ tiền, không để cùng mật khẩu. Mất thẻ thì báo quản lý ngay để thẻ hết dùng được.."),
}

LABEL: Final = {
    "kind": n("Bưu gửi hồ sơ một cửa"),
    "torn": n("Niêm phong rách: báo bưu cục"),
    "dossier": n("Hồ sơ"),
    "result": n("Kết quả"),
    "papers_due": n("Bản chính phải nộp"),
    "give_back": n("Giấy tờ trả lại"),
    "transfer": n("Hồ sơ luân chuyển"),
    "to": n("Đến"),
    "from": n("Từ"),
    "warning": n("Chỉ mở tại bộ phận một cửa. Niêm phong rách: không nhận, báo bưu cục."),
    "warning_home": n("Chỉ trao cho người nhận. Niêm phong rách: không giao, báo bưu cục."),
}
