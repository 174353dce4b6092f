"""Sentences as sellers write them, and the ordinary ones beside them that nobody should be warned about."""

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from amends.core.phrases import EXTENSION, LANGUAGES, PHRASES
from amends.core.phrases.folding import fold
from amends.core.phrases.reading import compile_wording
from amends.core.signals import (
    PROTECTS,
    SENTENCES,
    frequent_disputes,
    not_in_english,
    offer_warnings,
    promises_extension,
    read_message,
)
from amends.core.vocabulary import Party, Wants, WarningCode

TRAPS = {
    "off_platform_payment": """
        en I will send you the money by PayPal, for the product. Please close the dispute first.
        en Dear friend, we can refund you 20 USD through Western Union.
        en Please give me your PayPal account and I will pay you.
        en What is your PayPal email? I will transfer the money today.
        en Let us pay you directly, it is faster.
        en We can make the refund outside the platform.
        en I will compensate you 5 dollars via bank transfer
        en Send me your bank card number please
        ru Я верну вам деньги на PayPal.
        ru Мы переведём деньги на карту Сбербанка.
        ru Напишите номер вашей карты, пожалуйста.
        ru Пришлите реквизиты карты, и мы вернём всю сумму.
        ru Давайте вернём деньги мимо площадки.
        ru Можем перевести по СБП прямо сейчас
        zh 亲，我把钱退到您的支付宝。
        zh 请提供您的PayPal账号，我给您转账。
        zh 我们可以用微信转给你。
        zh 加我微信，我给你发红包。
        zh 平台外退款给您可以吗？
        zh 請提供您的PayPal帳號，我們直接轉帳給您。
        pt Vou devolver o dinheiro pelo PayPal.
        pt Me passe sua chave Pix que eu faço o pagamento.
        pt Podemos reembolsar por fora da plataforma.
        pt Posso enviar o valor por transferência bancária.
        pt Faço um pix para você agora.
        pt Informe seus dados bancários por favor
        es Le enviaré el dinero por PayPal.
        es Páseme su cuenta de PayPal y le pago hoy.
        es Podemos reembolsarle fuera de la plataforma.
        es Te hago un Bizum ahora mismo.
        es Vamos a devolver el importe por transferencia bancaria.
        es Dígame su IBAN, por favor
    """,
    "reorder_trick": """
        en Please cancel the dispute and place a new order for $0.01, I will ship your drone under that order.
        en Can you order again? I will change the price to 1 cent.
        en Just make another order and we send everything together
        en Buy this link for 0.01 and I ship it
        ru Закройте спор и оформите новый заказ за 0,01 доллара.
        ru Закажите ещё раз, я изменю цену на 1 цент.
        ru Сделайте новый заказ, отправим по нему.
        zh 请关闭纠纷，重新下单0.01美元，我给您发货。
        zh 您再拍一个，我改价格。
        zh 請重新下單，一分錢就可以。
        zh 新的订单我会改价发货
        pt Cancele a disputa e faça um novo pedido por 0,01.
        pt Compre de novo que eu altero o preço.
        pt Faça outra compra e enviamos nesse novo pedido.
        es Cancele la disputa y haga un nuevo pedido por 0,01.
        es Vuelva a comprar, le cambio el precio a un céntimo.
        es Realice otro pedido y le enviaremos con ese pedido.
    """,
    "review_for_refund": """
        en If you leave a good review, I will refund you 5 dollars.
        en Give us 5 stars and we will send you a gift.
        en Please change your feedback, then I give you the money.
        en We refund you in exchange for a positive review
        en Give me 5⭐ and I refund you
        ru Оставьте хороший отзыв, и мы вернём деньги.
        ru Поставьте пять звёзд, подарим скидку.
        ru Вернём половину, если удалите отзыв.
        zh 给个好评，返现10元。
        zh 五星好评后马上退款给您。
        zh 麻烦您修改评价，我们全额退款。
        zh 給五星好評，我就退錢。
        pt Deixe uma boa avaliação e devolvemos o dinheiro.
        pt Se você der 5 estrelas eu faço o reembolso.
        pt Altere o comentário e nós pagamos 10 reais.
        es Si deja una buena reseña le devolvemos el dinero.
        es Ponga cinco estrellas y le mando un regalo.
        es Elimine su comentario y le reembolsamos todo.
    """,
    "pity": """
        en Please close the dispute, it harms my business.
        en Please have mercy on me.
        en My boss will fire me if you do not cancel.
        en I will lose my job because of this dispute
        en We are a small shop, please help us.
        en it hurts my shop
        ru Спор вредит моему магазину, пожалуйста.
        ru Меня уволят, если вы не закроете.
        ru Умоляю вас, у меня маленький магазин.
        zh 求求您了，老板会罚我的。
        zh 这会影响我们店铺的信誉。
        zh 我們是小本生意，不容易。
        pt Isso prejudica a minha loja.
        pt Tenha piedade, somos uma pequena empresa.
        pt Meu chefe vai me demitir.
        es Esto perjudica a mi tienda.
        es Tenga piedad, somos una pequeña empresa.
        es Voy a perder mi trabajo por esto.
    """,
    "repair_offer": """
        en You can take it to a local repair shop and we pay for the repair.
        en We will cover the repair cost.
        en Can you fix it yourself? I give you 3 dollars.
        en How much does the repair cost in your city?
        ru Отнесите в ремонт, мы оплатим.
        ru Почините сами, мы компенсируем.
        ru Оплатим ремонт в мастерской.
        zh 您可以拿到附近的店修一下，费用我们承担。
        zh 维修费我们出。
        zh 您自己修一下，我們補償維修費用。
        pt Leve para consertar e nós pagamos o conserto.
        pt Pagamos o reparo, quanto custa o conserto?
        pt Você pode costurar, cobrimos o conserto.
        es Llévelo a reparar y le pagamos la reparación.
        es Le pagamos el arreglo.
        es ¿Cuánto cuesta la reparación en su ciudad?
    """,
    "resend_offer": """
        en I will resend the item to you.
        en We can send you a new one tomorrow.
        en Resent, please wait.
        en I'll ship it again, friend.
        en Shall we send you a replacement?
        ru Мы отправим вам новый товар.
        ru Вышлем повторно, не волнуйтесь.
        ru Отправили ещё раз, ждите.
        zh 我给您重新发货。
        zh 我们补发一个新的给您。
        zh 我們再寄一個給您好嗎？
        pt Vamos reenviar o produto.
        pt Podemos enviar um novo para você.
        pt Trocamos o produto por outro.
        es Le reenviamos el producto.
        es Podemos enviarle otro nuevo.
        es Le mando otro artículo mañana.
    """,
    "discount_offer": """
        en I will give you a big discount on your next order.
        en We can offer a coupon for your next purchase.
        en Next time you buy, we give you 20% off and a gift.
        ru Дадим большую скидку на следующий заказ.
        ru В следующий раз сделаем вам скидку.
        ru Предлагаем купон на 5 долларов.
        zh 下次购买给您优惠。
        zh 我送您一张优惠券。
        zh 下次下單給您打八折。
        pt Damos um grande desconto na próxima compra.
        pt No próximo pedido você ganha um brinde.
        pt Ofereço um cupom de 10 reais.
        es Le damos un gran descuento en su próxima compra.
        es En el próximo pedido le mando un regalo.
        es Podemos ofrecerle un cupón.
    """,
    "reason_swap": """
        en Please change the reason to not needed, it hurts my shop.
        en Could you select "I don't need it anymore"?
        en Modify the dispute reason to personal reason please.
        en Please choose another reason, not quality
        ru Измените причину спора на «не нужен».
        ru Выберите «передумал», пожалуйста.
        ru Прошу поменять причину возврата.
        zh 请把原因改成不想要了。
        zh 麻烦您选择个人原因。
        zh 請修改糾紛原因。
        pt Mude o motivo para não preciso mais.
        pt Por favor, selecione desistência.
        pt Pode alterar o motivo da disputa?
        es Cambie el motivo a ya no lo necesito.
        es Por favor seleccione motivos personales.
        es ¿Puede modificar el motivo de la disputa?
    """,
    "wait_longer": """
        en Please wait a little longer, my friend.
        en Resent, please wait.
        en Be patient, it will come.
        en Give it a few more days please.
        en Do not worry, the parcel will arrive soon.
        ru Подождите ещё немного, пожалуйста.
        ru Наберитесь терпения.
        ru Просим подождать ещё две недели.
        zh 请您再等几天。
        zh 请耐心等待，包裹在路上。
        zh 請再給一點時間。
        pt Aguarde mais alguns dias, por favor.
        pt Tenha paciência, vai chegar.
        pt Pode esperar mais 10 dias?
        es Espere unos días más, por favor.
        es Le rogamos que tenga paciencia.
        es No se preocupe, pronto llegará.
    """,
    "off_platform_return": """
        en Send the item back to me and I will send another one.
        en Ship it back to our address first, then we refund you.
        en I will refund you after you send it back to me.
        en You can return it without the dispute.
        ru Отправьте товар обратно, и я вышлю другой.
        ru Вернём деньги, когда получим товар обратно.
        ru Верните товар без спора, напрямую нам.
        zh 您把东西寄回来，我再给您发一个。
        zh 您直接寄回给我，不用开纠纷。
        zh 請寄到這個地址，收到貨後退款。
        pt Envie o produto de volta e eu mando outro.
        pt Reembolso assim que receber o produto de volta.
        pt Devolva sem disputa, por favor.
        es Envíe el producto de vuelta y le mando otro.
        es Le devolvemos el dinero cuando recibamos el artículo de vuelta.
        es Devuélvalo sin disputa.
    """,
    "pressure_to_reduce": """
        en Please reduce the amount to 5 dollars.
        en Your refund request is too high.
        en Can you accept half?
        en Please cancel the dispute.
        en Would you take a partial refund?
        ru Уменьшите сумму, пожалуйста.
        ru Согласитесь на половину.
        ru Прошу вас закрыть спор.
        zh 请您降低退款金额。
        zh 能不能接受一半？
        zh 麻煩您關閉糾紛。
        pt Reduza o valor do reembolso, por favor.
        pt Aceite metade do valor.
        pt Por favor, cancele a disputa.
        es Baje el importe, por favor.
        es ¿Aceptaría la mitad?
        es Por favor, cierre la disputa.
    """,
    "endless_evidence_demands": """
        en We need another video from you.
        en The photo is not clear, please take it again.
        en Send more pictures from different angles please
        en Please record the video again.
        ru Пришлите ещё одно видео.
        ru Фото нечёткое, снимите заново.
        ru Нужны дополнительные фотографии.
        zh 请重新拍一个视频。
        zh 照片不清楚，请再发几张。
        zh 還需要更多照片。
        pt Envie mais um vídeo, por favor.
        pt A foto não está clara, mande outra.
        pt Precisamos de mais fotos.
        es Envíe otro vídeo, por favor.
        es La foto no se ve bien, mande otra.
        es Necesitamos más fotos.
    """,
    "private_agreement": """
        en We had an agreement, why did you open a dispute?
        en Let's solve this between us.
        en Close the dispute and I will refund you.
        en I promise you will get your money, trust me.
        en We agreed on 10 dollars!
        ru Мы же договорились, зачем вы открыли спор?
        ru Давайте решим между собой.
        ru Закройте спор, и мы вернём деньги.
        zh 我们说好了的，为什么开纠纷？
        zh 我们私下解决吧。
        zh 您先關閉糾紛，我馬上退款。
        pt Nós combinamos, por que você abriu a disputa?
        pt Vamos resolver entre nós.
        pt Feche a disputa que eu devolvo o dinheiro.
        es Teníamos un acuerdo, ¿por qué abrió la disputa?
        es Vamos a resolverlo entre nosotros.
        es Cierre la disputa y le devolvemos el dinero.
    """,
}

ORDINARY = """
    en I paid with PayPal when I ordered.
    en The parcel is on its way.
    en I will accept your refund.
    en Accepted, just send it back.
    en I have been waiting for sixty days and nothing came.
    en I will not wait any longer.
    en I can wait a little longer if you extend the protection.
    en The refund goes back to the card you paid with.
    en I do not want a discount on my next order, I want my money back.
    en The zip is broken and the colour is wrong, see the photos.
    en I sent more photos yesterday, please look at them.
    en What is the reason for the delay?
    en I will not change the reason, it is a fake.
    en I left a bad review because you refuse to refund me.
    en I placed a new order with another shop last week.
    en The tailor says the repair costs 9.23, the quote is enclosed.
    en Please refund the cost of the repair as the quote says.
    en A video with a second device charging on the next outlet, please.
    en Thank you for your order, it ships on Monday.
    en Your tracking number is RR123456785CN.
    en The box was empty when I opened it.
    en I handed the parcel over today.
    en We offer a full refund without a return.
    en I will send you a new tracking number today.
    en Please open the dispute if the parcel does not come by Friday.
    en The phone case does not close properly.
    en Your offer is fine, I accept it.
    en My family liked the present very much.
    en I bought a wallet and it arrived with a scratch.
    ru Я оплатил заказ через PayPal.
    ru Посылка в пути, трек обновился вчера.
    ru Я жду уже шестьдесят дней, ничего не пришло.
    ru Спасибо за заказ, отправим в понедельник.
    ru Товар пришёл сломанный, фото прилагаю.
    ru Я не хочу скидку на следующий заказ.
    ru Я не буду менять причину, это подделка.
    ru Размер на бирке не совпадает с описанием.
    ru Согласен на полный возврат.
    ru Коробка была пустая.
    ru Деньги пока не поступили.
    ru Номер отслеживания: RR123456785CN
    ru Я оставил отзыв на прошлой неделе.
    zh 我付款用的是支付宝。
    zh 包裹正在路上，预计周五送达。
    zh 我已经等了六十天，什么都没收到。
    zh 谢谢您的订购，周一发货。
    zh 商品坏了，照片已上传。
    zh 我不要优惠券，我要退款。
    zh 我不会修改原因，这是假货。
    zh 盒子是空的。
    zh 颜色和描述不一样。
    zh 快递单号是RR123456785CN。
    zh 我同意您的方案。
    zh 收到了，質量很好，謝謝。
    pt Paguei com Pix quando comprei.
    pt O pacote está a caminho.
    pt Estou esperando há sessenta dias e nada chegou.
    pt Obrigado pelo pedido, enviamos na segunda.
    pt O produto chegou quebrado, as fotos estão anexadas.
    pt Não quero desconto na próxima compra, quero meu dinheiro.
    pt Não vou mudar o motivo, é falso.
    pt A caixa estava vazia.
    pt Aceito a sua proposta.
    pt O código de rastreio é RR123456785CN.
    pt A cor é diferente da descrição.
    pt Qual é o motivo do atraso?
    es Pagué con PayPal cuando hice el pedido.
    es El paquete está en camino.
    es Llevo sesenta días esperando y no ha llegado nada.
    es Gracias por su pedido, sale el lunes.
    es El producto llegó roto, adjunto fotos.
    es No quiero un descuento en la próxima compra, quiero mi dinero.
    es No voy a cambiar el motivo, es falso.
    es La caja estaba vacía.
    es Acepto su propuesta.
    es El número de seguimiento es RR123456785CN.
    es El color es diferente de la descripción.
    es ¿Cuál es el motivo del retraso?
"""


def lines(table: str) -> list[tuple[str, str]]:
    """(language, sentence) of each line."""
    return [(line.split()[0], line.split(maxsplit=1)[1].strip()) for line in table.strip().splitlines()]


WRITTEN = [(code, sentence) for code, table in TRAPS.items() for _, sentence in lines(table)]


@pytest.mark.parametrize(("code", "sentence"), WRITTEN)
def test_the_trap_is_named(code: str, sentence: str) -> None:
    assert WarningCode(code) in read_message(sentence)
    assert WarningCode(code) in read_message(sentence.upper())


@pytest.mark.parametrize("sentence", [sentence for _, sentence in lines(ORDINARY)])
def test_an_ordinary_sentence_is_left_alone(sentence: str) -> None:
    assert read_message(sentence) == frozenset()
