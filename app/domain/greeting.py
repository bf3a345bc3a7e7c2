"""The word a courier says first, so that the citizen knows who stands at the gate: sent the evening before, kept nowhere.

It proves nothing against somebody who read the message; it keeps a stranger who only knows the hour from the door.
"""

from __future__ import annotations

import hashlib
import hmac
from typing import Final
from uuid import UUID

_LIST: Final = """
bông lúa, hoa sen, hoa mai, hoa đào, hoa cúc, hoa hồng, hoa lan, hoa bưởi, hoa sữa, hoa dại, cây tre, cây đa, cây dừa,
cây bàng, cây thông, cây cau, cây chuối, cây xoài, cây mít, cây ổi, cây khế, cây bơ, cây tiêu, cây cầu, lá chuối, lá dong,
lá tre, lá trầu, cành cây, gốc rạ, rừng thông, đồi chè, vườn rau, vườn nhà, ruộng lúa, nương ngô, bãi cỏ, bờ ao, bờ suối,
con suối, dòng sông, bến nước, bến đò, hồ nước, giếng làng, thác nước, biển xanh, bãi cát, ngọn núi, chân đồi, cánh đồng,
cánh rừng, cánh diều, cánh cò, con đò, con đường, con trâu, con bò, con nghé, con dê, con ngựa, con gà, con vịt, con mèo,
con thỏ, con voi, con hươu, con nai, con khỉ, con ong, con bướm, con tằm, con cá, con cua, con tôm, con ốc, con sáo,
chim sẻ, chim én, chim công, bồ câu, đàn cò, đàn ong, tổ chim, nắng sớm, nắng vàng, mưa rào, mưa phùn, gió mát, gió đông,
mây trắng, mây hồng, sương mai, cầu vồng, trời xanh, mặt trời, mặt trăng, trăng rằm, ngôi sao, bình minh, hoàng hôn,
buổi sáng, buổi chiều, mùa xuân, mùa hạ, mùa thu, mùa gặt, mùa mưa, hạt gạo, hạt ngô, hạt tiêu, hạt sen, hạt dẻ, hạt lạc,
củ khoai, củ sắn, củ gừng, củ nghệ, củ sen, bắp ngô, quả cam, quả na, quả bưởi, quả đào, quả mận, quả dứa, quả táo,
quả thị, quả bầu, quả bí, quả me, trái chanh, rau muống, rau cải, rau thơm, rau ngót, bó rau, mớ tép, cơm mới, cơm lam,
cháo gà, canh chua, cá kho, bánh chưng, bánh tét, bánh dày, bánh mì, bánh bèo, bánh xèo, bánh cuốn, bánh đa, bún cá,
phở khô, xôi gấc, chè xanh, chè sen, nước dừa, nước mía, mật ong, đường phèn, muối tiêu, nước mắm, ấm trà, chén trà, cà phê,
ngôi nhà, mái nhà, mái ngói, mái tranh, nhà rông, nhà sàn, sân đình, sân nhà, cổng làng, bếp lửa, ngọn đèn, cửa sổ, hàng rào,
cầu thang, ghế đá, ghế tre, bàn gỗ, chiếu cói, chõng tre, võng dù, nón lá, áo dài, khăn rằn, guốc mộc, đôi dép, cái quạt,
cái gùi, cái nơm, cái thúng, cái rổ, cái nia, cái chổi, cái cuốc, cái liềm, cối đá, chày gỗ, nồi đất, chum nước, bát sứ,
đũa tre, thìa gỗ, xe đạp, xe bò, thuyền nan, mái chèo, lưới cá, cần câu, trống đồng, trống cơm, cồng chiêng, đàn bầu,
đàn tranh, đàn đá, sáo trúc, câu hò, bài hát, điệu múa, câu đố, trang sách, bút chì, bút mực, phấn trắng, bảng đen,
lớp học, sân trường, tiếng ve, tiếng chim, tiếng trống, phiên chợ, hội làng, quả còn, con quay, đèn lồng, đèn dầu
"""
WORDS: Final[tuple[str, ...]] = tuple(word.strip() for word in _LIST.replace("\n", " ").split(","))


def greeting(pepper: bytes, errand_id: UUID, slot_id: int | None) -> str:
    """The word of one errand in one slot: worked out from the installation's pepper, another one when the slot moves."""
    seed = hmac.new(pepper, f"greeting\0{errand_id}\0{slot_id or ''}".encode(), hashlib.sha256).digest()
    return WORDS[int.from_bytes(seed[:8]) % len(WORDS)]
