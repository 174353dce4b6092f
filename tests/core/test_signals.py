"""Sentences as sellers write them, and the ordinary ones beside them that nobody should be warned about."""

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from itertools import pairwise
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
        en hello dear, how about we pay back $8 to you through paypal and you cancel the dispute
        en Could you provide your paypal id? we will arrange the refund asap
        en we will give you refund with alipay, ok?
        en my friend pls tell me your p a y p a l, I pay u now
        en We'd like to send u the money via Pay-Pal
        ru Я верну вам деньги на PayPal.
        ru Мы переведём деньги на карту Сбербанка.
        ru Напишите номер вашей карты, пожалуйста.
        ru Пришлите реквизиты карты, и мы вернём всю сумму.
        ru Давайте вернём деньги мимо площадки.
        ru Можем перевести по СБП прямо сейчас
        ru Здравствуйте! Скиньте номер карты, отправим вам 500 рублей
        ru Могу вернуть вам половину на карту, если закроете спор
        ru Деньги переведем вам на пейпал
        zh 亲，我把钱退到您的支付宝。
        zh 请提供您的PayPal账号，我给您转账。
        zh 我们可以用微信转给你。
        zh 加我微信，我给你发红包。
        zh 平台外退款给您可以吗？
        zh 請提供您的PayPal帳號，我們直接轉帳給您。
        zh 麻烦给我一下您的支付宝账号，我把钱打给您
        zh 我私下转给您50元可以吗
        pt Vou devolver o dinheiro pelo PayPal.
        pt Me passe sua chave Pix que eu faço o pagamento.
        pt Podemos reembolsar por fora da plataforma.
        pt Posso enviar o valor por transferência bancária.
        pt Faço um pix para você agora.
        pt Informe seus dados bancários por favor
        pt Consigo te mandar um pix de 30 reais?
        pt Podemos fazer o reembolso via PayPal, me manda seu email
        es Le enviaré el dinero por PayPal.
        es Páseme su cuenta de PayPal y le pago hoy.
        es Podemos reembolsarle fuera de la plataforma.
        es Te hago un Bizum ahora mismo.
        es Vamos a devolver el importe por transferencia bancaria.
        es Dígame su IBAN, por favor
        es Le puedo hacer una transferencia de 20 euros
        es Mándeme su PayPal y le hago el reembolso
    """,
    "reorder_trick": """
        en Please cancel the dispute and place a new order for $0.01, I will ship your drone under that order.
        en Can you order again? I will change the price to 1 cent.
        en Just make another order and we send everything together
        en Buy this link for 0.01 and I ship it
        en Dear, you can buy again, I will modify the price to 0.01 for you, and then we ship
        en close this dispute then make a new order on my store, no need pay more
        ru Закройте спор и оформите новый заказ за 0,01 доллара.
        ru Закажите ещё раз, я изменю цену на 1 цент.
        ru Сделайте новый заказ, отправим по нему.
        ru Создайте, пожалуйста, ещё один заказ за 1 цент
        zh 请关闭纠纷，重新下单0.01美元，我给您发货。
        zh 您再拍一个，我改价格。
        zh 請重新下單，一分錢就可以。
        zh 新的订单我会改价发货
        zh 您取消这个订单，再下一单，我给您改成1分钱
        pt Cancele a disputa e faça um novo pedido por 0,01.
        pt Compre de novo que eu altero o preço.
        pt Faça outra compra e enviamos nesse novo pedido.
        pt Cria um novo pedido no valor de 1 centavo
        es Cancele la disputa y haga un nuevo pedido por 0,01.
        es Vuelva a comprar, le cambio el precio a un céntimo.
        es Realice otro pedido y le enviaremos con ese pedido.
        es Puede hacer otra compra y yo le bajo el precio a 0,01
    """,
    "review_for_refund": """
        en If you leave a good review, I will refund you 5 dollars.
        en Give us 5 stars and we will send you a gift.
        en Please change your feedback, then I give you the money.
        en We refund you in exchange for a positive review
        en Give me 5⭐ and I refund you
        en after you give 5 star feedback i will return 3 usd to you
        en Would you like to delete the negative review? we refund you 50%
        ru Оставьте хороший отзыв, и мы вернём деньги.
        ru Поставьте пять звёзд, подарим скидку.
        ru Вернём половину, если удалите отзыв.
        ru Если вы измените отзыв на 5 звёзд, мы вернём вам 300 рублей
        zh 给个好评，返现10元。
        zh 五星好评后马上退款给您。
        zh 麻烦您修改评价，我们全额退款。
        zh 給五星好評，我就退錢。
        zh 亲，麻烦把差评改成好评，我们给您退20块钱
        pt Deixe uma boa avaliação e devolvemos o dinheiro.
        pt Se você der 5 estrelas eu faço o reembolso.
        pt Altere o comentário e nós pagamos 10 reais.
        pt Se mudar sua avaliação para 5 estrelas, te dou um desconto
        es Si deja una buena reseña le devolvemos el dinero.
        es Ponga cinco estrellas y le mando un regalo.
        es Elimine su comentario y le reembolsamos todo.
        es Cambia tu reseña a 5 estrellas y te devolvemos el 50%
    """,
    "pity": """
        en Please close the dispute, it harms my business.
        en Please have mercy on me.
        en My boss will fire me if you do not cancel.
        en I will lose my job because of this dispute
        en We are a small shop, please help us.
        en it hurts my shop
        en Please understand, I have two kids to feed and this dispute will get me fired
        en this dispute will affect my store very badly
        ru Спор вредит моему магазину, пожалуйста.
        ru Меня уволят, если вы не закроете.
        ru Умоляю вас, у меня маленький магазин.
        ru Пожалуйста, не губите мой магазин, у меня трое детей
        zh 求求您了，老板会罚我的。
        zh 这会影响我们店铺的信誉。
        zh 我們是小本生意，不容易。
        zh 这个纠纷对我们店影响很大，求您了
        pt Isso prejudica a minha loja.
        pt Tenha piedade, somos uma pequena empresa.
        pt Meu chefe vai me demitir.
        pt Por favor, essa disputa vai destruir meu negócio
        es Esto perjudica a mi tienda.
        es Tenga piedad, somos una pequeña empresa.
        es Voy a perder mi trabajo por esto.
        es Por favor entienda, mi jefe me va a echar
    """,
    "repair_offer": """
        en You can take it to a local repair shop and we pay for the repair.
        en We will cover the repair cost.
        en Can you fix it yourself? I give you 3 dollars.
        en How much does the repair cost in your city?
        en How about you find someone to fix it and we will cover the cost of repairing?
        en we can pay 5 USD for you to repair
        ru Отнесите в ремонт, мы оплатим.
        ru Почините сами, мы компенсируем.
        ru Оплатим ремонт в мастерской.
        ru Может, отдадите в мастерскую? Мы компенсируем ремонт.
        zh 您可以拿到附近的店修一下，费用我们承担。
        zh 维修费我们出。
        zh 您自己修一下，我們補償維修費用。
        zh 您找师傅修一下要多少钱，我们出
        pt Leve para consertar e nós pagamos o conserto.
        pt Pagamos o reparo, quanto custa o conserto?
        pt Você pode costurar, cobrimos o conserto.
        pt Você pode levar num técnico e a gente paga o conserto
        es Llévelo a reparar y le pagamos la reparación.
        es Le pagamos el arreglo.
        es ¿Cuánto cuesta la reparación en su ciudad?
        es ¿Puede llevarlo a un taller? Nosotros pagamos el arreglo
    """,
    "resend_offer": """
        en I will resend the item to you.
        en We can send you a new one tomorrow.
        en Resent, please wait.
        en I'll ship it again, friend.
        en Shall we send you a replacement?
        en Don't worry, we will ship a new one for you at once
        en how about I send you another pair of shoes for free
        ru Мы отправим вам новый товар.
        ru Вышлем повторно, не волнуйтесь.
        ru Отправили ещё раз, ждите.
        ru Мы вышлем вам новую пару бесплатно
        zh 我给您重新发货。
        zh 我们补发一个新的给您。
        zh 我們再寄一個給您好嗎？
        zh 我们马上给您补寄一份
        pt Vamos reenviar o produto.
        pt Podemos enviar um novo para você.
        pt Trocamos o produto por outro.
        pt Vou te mandar outro de graça
        es Le reenviamos el producto.
        es Podemos enviarle otro nuevo.
        es Le mando otro artículo mañana.
        es Le envío uno nuevo sin coste
    """,
    "discount_offer": """
        en I will give you a big discount on your next order.
        en We can offer a coupon for your next purchase.
        en Next time you buy, we give you 20% off and a gift.
        en What about 15% discount for your next purchase?
        en we promise lower price next time my friend
        ru Дадим большую скидку на следующий заказ.
        ru В следующий раз сделаем вам скидку.
        ru Предлагаем купон на 5 долларов.
        ru Сделаем вам хорошую скидку на будущие покупки
        zh 下次购买给您优惠。
        zh 我送您一张优惠券。
        zh 下次下單給您打八折。
        zh 以后您来买都给您打折
        pt Damos um grande desconto na próxima compra.
        pt No próximo pedido você ganha um brinde.
        pt Ofereço um cupom de 10 reais.
        pt Na próxima vez te dou 20% de desconto
        es Le damos un gran descuento en su próxima compra.
        es En el próximo pedido le mando un regalo.
        es Podemos ofrecerle un cupón.
        es La próxima vez le haremos un descuento
    """,
    "reason_swap": """
        en Please change the reason to not needed, it hurts my shop.
        en Could you select "I don't need it anymore"?
        en Modify the dispute reason to personal reason please.
        en Please choose another reason, not quality
        en Can you help me modify the reason to "no longer needed"? quality reason is bad for us
        en pls choose the reason "I don't want it"
        ru Измените причину спора на «не нужен».
        ru Выберите «передумал», пожалуйста.
        ru Прошу поменять причину возврата.
        ru Не могли бы вы изменить причину на «товар не нужен»?
        zh 请把原因改成不想要了。
        zh 麻烦您选择个人原因。
        zh 請修改糾紛原因。
        zh 能不能把退款原因改为拍错了
        pt Mude o motivo para não preciso mais.
        pt Por favor, selecione desistência.
        pt Pode alterar o motivo da disputa?
        pt Você poderia trocar o motivo para desistência?
        es Cambie el motivo a ya no lo necesito.
        es Por favor seleccione motivos personales.
        es ¿Puede modificar el motivo de la disputa?
        es ¿Podría cambiar la razón? Ponga que ya no lo quiere
    """,
    "wait_longer": """
        en Please wait a little longer, my friend.
        en Resent, please wait.
        en Be patient, it will come.
        en Give it a few more days please.
        en Do not worry, the parcel will arrive soon.
        en could you wait for 10 more days? customs is slow
        en kindly be patient and wait, parcel is coming
        ru Подождите ещё немного, пожалуйста.
        ru Наберитесь терпения.
        ru Просим подождать ещё две недели.
        ru Потерпите ещё недельку, посылка обязательно придёт
        zh 请您再等几天。
        zh 请耐心等待，包裹在路上。
        zh 請再給一點時間。
        zh 亲，再耐心等几天哦，快到了
        pt Aguarde mais alguns dias, por favor.
        pt Tenha paciência, vai chegar.
        pt Pode esperar mais 10 dias?
        pt Peço que aguarde só mais uma semana
        es Espere unos días más, por favor.
        es Le rogamos que tenga paciencia.
        es No se preocupe, pronto llegará.
        es Por favor espere una semana más
    """,
    "off_platform_return": """
        en Send the item back to me and I will send another one.
        en Ship it back to our address first, then we refund you.
        en I will refund you after you send it back to me.
        en You can return it without the dispute.
        en please send it back to us, and then we will send you the right size
        en you can return directly to me at this address, no need for dispute
        ru Отправьте товар обратно, и я вышлю другой.
        ru Вернём деньги, когда получим товар обратно.
        ru Верните товар без спора, напрямую нам.
        ru Пришлите товар нам обратно, и мы отправим правильный размер
        zh 您把东西寄回来，我再给您发一个。
        zh 您直接寄回给我，不用开纠纷。
        zh 請寄到這個地址，收到貨後退款。
        zh 您先寄回来，我们收到以后给您退款
        pt Envie o produto de volta e eu mando outro.
        pt Reembolso assim que receber o produto de volta.
        pt Devolva sem disputa, por favor.
        pt Manda o produto de volta pra mim que eu te envio outro
        es Envíe el producto de vuelta y le mando otro.
        es Le devolvemos el dinero cuando recibamos el artículo de vuelta.
        es Devuélvalo sin disputa.
        es Mándemelo de vuelta y le envío el correcto
    """,
    "pressure_to_reduce": """
        en Please reduce the amount to 5 dollars.
        en Your refund request is too high.
        en Can you accept half?
        en Please cancel the dispute.
        en Would you take a partial refund?
        en can you please lower your claim, 30 dollars is too much for us
        en please accept 50% refund and keep the item
        ru Уменьшите сумму, пожалуйста.
        ru Согласитесь на половину.
        ru Прошу вас закрыть спор.
        ru Снизьте, пожалуйста, требования, это слишком много
        zh 请您降低退款金额。
        zh 能不能接受一半？
        zh 麻煩您關閉糾紛。
        zh 您要求的金额太高了，少退一点可以吗
        pt Reduza o valor do reembolso, por favor.
        pt Aceite metade do valor.
        pt Por favor, cancele a disputa.
        pt O valor que você pede é muito alto, aceite 30%
        es Baje el importe, por favor.
        es ¿Aceptaría la mitad?
        es Por favor, cierre la disputa.
        es El importe que pide es demasiado alto
    """,
    "endless_evidence_demands": """
        en We need another video from you.
        en The photo is not clear, please take it again.
        en Send more pictures from different angles please
        en Please record the video again.
        en sorry we can't see clearly, please provide another video showing the whole process
        en Pls send me more photos, these pictures are not enough
        ru Пришлите ещё одно видео.
        ru Фото нечёткое, снимите заново.
        ru Нужны дополнительные фотографии.
        ru Ваше видео плохого качества, снимите ещё раз
        zh 请重新拍一个视频。
        zh 照片不清楚，请再发几张。
        zh 還需要更多照片。
        zh 视频看不清楚，请您再录一个
        pt Envie mais um vídeo, por favor.
        pt A foto não está clara, mande outra.
        pt Precisamos de mais fotos.
        pt O vídeo não mostra bem, preciso de outro vídeo
        es Envíe otro vídeo, por favor.
        es La foto no se ve bien, mande otra.
        es Necesitamos más fotos.
        es Las fotos no son suficientes, necesito otro vídeo
    """,
    "private_agreement": """
        en We had an agreement, why did you open a dispute?
        en Let's solve this between us.
        en Close the dispute and I will refund you.
        en I promise you will get your money, trust me.
        en We agreed on 10 dollars!
        en why you open dispute? we already had a deal
        en after you close the dispute we will pay you immediately
        ru Мы же договорились, зачем вы открыли спор?
        ru Давайте решим между собой.
        ru Закройте спор, и мы вернём деньги.
        ru Мы с вами договорились, почему вы всё равно подали спор?
        zh 我们说好了的，为什么开纠纷？
        zh 我们私下解决吧。
        zh 您先關閉糾紛，我馬上退款。
        zh 您先撤销纠纷，我保证给您退款
        pt Nós combinamos, por que você abriu a disputa?
        pt Vamos resolver entre nós.
        pt Feche a disputa que eu devolvo o dinheiro.
        pt A gente combinou que você não ia abrir disputa
        es Teníamos un acuerdo, ¿por qué abrió la disputa?
        es Vamos a resolverlo entre nosotros.
        es Cierre la disputa y le devolvemos el dinero.
        es Ya habíamos quedado, ¿por qué abre una disputa?
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
    en Hi, can you tell me when you will send my order?
    en I opened the dispute because the item is broken.
    en I want a full refund of 35 USD.
    en Please refund me, I have waited two months already.
    en The carrier says the parcel was returned to sender.
    en We shipped your item on 3 May with DHL, it should arrive within 10 days.
    en I am sorry for the inconvenience, we accept your claim.
    en We checked the tracking, the parcel is at customs.
    en I attach the photos and a video of the broken screen.
    en The seller does not answer my messages.
    en You sent me the wrong colour, I ordered black.
    en I have extended the protection by 15 days.
    en We propose a refund of 12 USD without return, see our offer.
    en Please send me the return address so that I can ship it back.
    en I returned the parcel yesterday, the number is LX123456789CN.
    en Is the dispute still open?
    en I will escalate the case if you do not answer.
    en I won't close the dispute before I get my money.
    en The mediator asked for a video, I will upload it tonight.
    en My bank says the refund was sent on Monday.
    en Thank you, I received the money on my card.
    en Could you confirm the size before I order again?
    en Your shop has good reviews, but this phone is fake.
    en Why was my claim rejected?
    en I would like to cancel the order, is that possible?
    en The photo you sent is not clear, which tailor wrote the quote?
    en We do not offer discounts.
    en My old phone broke so I need this one quickly.
    en Is it possible to get a replacement part?
    en The package arrived today, thank you for your patience.
    en I paid by bank transfer, here is the receipt.
    en Can I still return the item if the box is open?
    en Our warehouse is closed on Sunday, we reply on Monday.
    en The amount in your offer is lower than what I paid.
    en The video shows the device charging on the second outlet.
    en I agree to return the goods for a full refund.
    en Why do you want me to close the dispute?
    en You promised delivery within 20 days.
    en The reason is that the screen flickers.
    en We have received the returned item and confirm it.
    en I gave five stars because it came fast.
    en Let me know when the new tracking number works.
    en I need a new invoice for customs.
    en Please rule in my favour, the seller never answered.
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
    ru Здравствуйте, когда вы отправите мой заказ?
    ru Вот фотографии повреждённого товара.
    ru Прошу вернуть полную стоимость.
    ru Я не закрою спор, пока не получу деньги.
    ru Мы отправили посылку 3 мая.
    ru Продавец не отвечает на сообщения.
    ru Верните, пожалуйста, деньги.
    ru Трек не отслеживается уже месяц.
    ru Я отправил товар обратно вчера.
    ru Вы прислали не тот цвет.
    ru Мне нужен полный возврат на карту, с которой я платил.
    ru Ремонт стоит дороже самой вещи.
    ru Я уже отправил все фото и видео.
    ru Когда придёт новый трек?
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
    zh 您好，我的订单什么时候发货？
    zh 屏幕碎了，这是照片和视频。
    zh 我要求全额退款。
    zh 我昨天已经把货寄回去了。
    zh 卖家一直不回复消息。
    zh 你们发错颜色了。
    zh 我们接受您的退款申请。
    zh 物流显示包裹在海关。
    zh 请问什么时候可以收到退款？
    zh 我再等三天，不到就申请退款。
    zh 维修店说修不好了。
    zh 这个价格是不是太高了？
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
    pt Olá, quando vocês vão enviar o meu pedido?
    pt Aqui estão as fotos do produto quebrado.
    pt Quero o reembolso total.
    pt Não vou fechar a disputa antes de receber o dinheiro.
    pt Enviei o produto de volta ontem.
    pt O vendedor não responde.
    pt Vocês mandaram a cor errada.
    pt Aceitamos o seu pedido de reembolso.
    pt O conserto custa mais que o produto.
    pt Já enviei todas as fotos e o vídeo.
    pt Quando recebo o reembolso no cartão?
    pt Aguardo a sua resposta.
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
    es Hola, ¿cuándo van a enviar mi pedido?
    es Aquí están las fotos del producto roto.
    es Quiero el reembolso completo.
    es No voy a cerrar la disputa hasta recibir el dinero.
    es Envié el producto de vuelta ayer.
    es El vendedor no responde.
    es Me mandaron el color equivocado.
    es Aceptamos su solicitud de reembolso.
    es La reparación cuesta más que el producto.
    es Ya envié todas las fotos y el vídeo.
    es ¿Cuándo recibiré el reembolso en mi tarjeta?
    es Espero su respuesta.
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


def test_every_trap_has_six_wordings_and_three_sentences_in_every_language() -> None:
    assert {code.value for code in PHRASES} == set(TRAPS)
    for code, table in TRAPS.items():
        written = [language for language, _ in lines(table)]
        for language in LANGUAGES:
            assert written.count(language) >= 3, (code, language)
            assert len(set(PHRASES[WarningCode(code)][language])) >= 6, (code, language)
    assert len(WRITTEN) >= 300
    assert len(lines(ORDINARY)) >= 170


@pytest.mark.parametrize(
    "hidden",
    [
        "I will pay you by P A Y P A L",
        "I will pay you by p.a.y.p.a.l!",
        "I will pay you by pay pal",
        "I will pay you by P-a-y-P-a-l",
        "I will pay you by \u0420\u0430y\u0420\u0430l",  # Cyrillic Р and а
        "I will pay you by pay\u200bpal",
        "I will pay you by p\u00e1yp\u00e1l",
        "I will pay you by ｐａｙｐａｌ",
        "I will pay you by 𝐏𝐚𝐲𝐏𝐚𝐥",
        "I will pay you by p@yp@l",
        "💸💸 I 🙏 will, pay you... by PayPal™",
        "I'll\npay you\tby   PAYPAL",
    ],
)
def test_a_hidden_word_is_found(hidden: str) -> None:
    assert WarningCode.OFF_PLATFORM_PAYMENT in read_message(hidden)


@pytest.mark.parametrize(
    ("written", "plain"),
    [
        ("", "  "),
        ("Hello, World!", " hello , world | "),
        ("Ёжик ещё ПРИВЁТ", " ежик еще привет "),
        ("в\u006fзврат", " возврат "),  # a Latin o
        ("one\ntwo\n\nthree", " one two | three "),
        ("退 款，關閉糾紛。", " 退款 , 关闭纠纷 | "),
        ("$0,01 5% ⭐", " usd 0.01 5 percent star "),
        ("don’t re-order", " dont re order "),
    ],
)
def test_folding(written: str, plain: str) -> None:
    assert fold(written) == plain


def test_what_is_denied_is_no_trap() -> None:
    assert read_message("I will refund you by PayPal.")
    assert not read_message("I will not refund you by PayPal.")
    assert read_message("Why not a discount on your next order?")
    assert not read_message("No discount on your next order, please.")
    assert read_message("能不能接受一半？")
    assert not read_message("我不能接受一半。")


def test_the_messages_of_the_stories() -> None:
    assert read_message("Please change the reason to not needed, it hurts my shop.") == {
        WarningCode.REASON_SWAP,
        WarningCode.PITY,
    }
    assert read_message("Resent, please wait.") == {WarningCode.RESEND_OFFER, WarningCode.WAIT_LONGER}
    assert WarningCode.PITY in read_message("So sorry, I can extend the protection once more, please have mercy.")


@given(st.text(max_size=300))
def test_any_text_can_be_read(text: str) -> None:
    assert read_message(text) <= set(PHRASES)
    assert not_in_english(text) in (True, False)
    assert promises_extension(text) in (True, False)
    assert fold(text).startswith(" ")
    assert fold(text).endswith(" ")


@given(st.sampled_from(WRITTEN), st.sampled_from(["\u200b", "\u00ad", "\u2060"]), st.integers(1, 400))
def test_invisible_signs_hide_nothing(trap: tuple[str, str], sign: str, place: int) -> None:
    code, sentence = trap
    assert WarningCode(code) in read_message(sentence[:place] + sign + sentence[place:])


@pytest.mark.parametrize(
    ("wording", "said"), [("the?", "must be there"), ("...x pay", "no gap"), ("ab* pay", "too short")]
)
def test_a_wording_not_in_the_notation_is_named(wording: str, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        compile_wording(wording, "en")


def test_a_long_message_takes_no_longer_than_its_length() -> None:
    began = time.process_time()
    read_message("refund if give " * 1_500 + ". good review | five_star stars")
    read_message("send it back to me " * 1_000 + "and i will refund")
    read_message("请把钱退打转到给你" * 2_500 + "。支付宝")
    assert time.process_time() - began < 2


EXTENSIONS = """
    en I will extend the protection by fifteen days.
    en I have extended your buyer protection for 20 days
    en So sorry, I can extend the protection once more, please have mercy.
    en I'll add 10 days to your protection
    ru Я продлю защиту на 15 дней.
    ru Мы можем продлить срок защиты
    zh 我给您延长收货时间15天
    zh 我幫您延長
    pt Vou estender a proteção por 15 dias.
    pt Estenderemos o prazo de proteção
    es Extenderé la protección quince días.
    es Vamos a ampliar el plazo
"""
NO_EXTENSIONS = """
    en Please extend the protection.
    en Can you extend the protection time?
    en I will not extend the protection.
    en I will send it within 3 days.
    ru Продлите, пожалуйста, защиту.
    zh 请延长保护期
    pt Pode estender o prazo?
    es ¿Puede extender la protección?
"""


def test_a_promise_to_extend_is_heard_and_a_wish_is_not() -> None:
    assert set(EXTENSION) == set(LANGUAGES)
    for _, sentence in lines(EXTENSIONS):
        assert promises_extension(sentence), sentence
    for _, sentence in lines(NO_EXTENSIONS):
        assert not promises_extension(sentence), sentence


@pytest.mark.parametrize(
    ("text", "other"),
    [
        ("The parcel never came and I want my money back.", False),
        ("ok gracias", False),  # too short to tell
        ("My name is José and I live in São Paulo, Rua das Flores", False),
        ("I live in Москва, please send it to the post office there", False),
        ("RR123456785CN 12345 $$$", False),
        ("Ｔｈｅ ｐａｒｃｅｌ ｎｅｖｅｒ ｃａｍｅ", False),
        ("", False),
        ("Спасибо", True),
        ("你好", True),
        ("مرحبا لم يصل الطرد", True),
        ("Hola, quiero que me devuelva el dinero porque el paquete no llegó", True),
        ("Olá, quando vão enviar o meu pedido? Estou esperando", True),
        ("Hallo, ich habe das Paket nicht bekommen, bitte senden Sie es", True),
        ("Bonjour, je n'ai pas reçu mon colis", True),
        ("Dzień dobry, nie dostałem przesyłki, proszę o zwrot", True),
    ],
)
def test_another_language_than_english(text: str, other: bool) -> None:
    assert not_in_english(text) is other


def test_english_of_the_tables_is_english_and_the_rest_is_not() -> None:
    for table in (*TRAPS.values(), ORDINARY):
        for language, sentence in lines(table):
            if language in ("ru", "zh"):
                assert not_in_english(sentence), sentence
            elif language == "en":
                assert not not_in_english(sentence), sentence


# ---------------------------------------------------------------- offers


def offered(amount_minor: int, **changes: object) -> set[str]:
    facts: dict[str, object] = {
        "claim_wants": Wants.REFUND,
        "wants": Wants.REFUND,
        "previous_minor": None,
        "return_may_cost_more": False,
        "late": False,
    }
    return {code.value for code in offer_warnings(amount_minor=amount_minor, **(facts | changes))}  # type: ignore[arg-type]


def test_what_is_said_about_an_offer() -> None:
    assert offered(2_000) == set()
    assert offered(0) == {"zero_offer"}
    assert offered(0, previous_minor=500) == {"zero_offer", "lower_than_before"}
    assert offered(500, previous_minor=500) == set()
    assert offered(499, previous_minor=500) == {"lower_than_before"}
    assert offered(8_000, wants=Wants.RETURN_AND_REFUND) == {"refund_swapped_for_return"}
    assert offered(8_000, wants=Wants.RETURN_AND_EXCHANGE) == {"refund_swapped_for_return"}
    assert offered(8_000, wants=Wants.RETURN_AND_REFUND, claim_wants=Wants.RETURN_AND_REFUND) == set()
    assert offered(
        900, wants=Wants.RETURN_AND_REFUND, claim_wants=Wants.RETURN_AND_REFUND, return_may_cost_more=True
    ) == {"return_may_cost_more"}
    assert offered(900, return_may_cost_more=True) == set()  # nothing is to be sent
    assert offered(900, late=True) == {"late_counter_offer"}


# ---------------------------------------------------------------- frequent disputes

NOW = datetime(2026, 4, 11, tzinfo=UTC)
DAY = timedelta(days=1)


def often(opened: list[int], orders: list[int], *, least: int = 5, burst: int = 3) -> bool:
    """Whether a dispute opened now is one too many; instants as days before now."""
    return frequent_disputes(
        now=NOW,
        opened=[NOW - days * DAY for days in opened],
        orders=[NOW - days * DAY for days in orders],
        rate_above=Fraction(3, 10),
        orders_at_least=least,
        rate_within=180 * DAY,
        burst_above=burst,
        burst_within=30 * DAY,
    )


def test_who_disputes_nearly_every_order_is_marked() -> None:
    assert often([10, 8, 6, 4, 2], [41] * 6)
    assert not often([], [41])
    assert often([60, 61], [90] * 6)  # three of six
    assert not often([60, 61], [90] * 10)  # three of ten is not above three tenths
    assert often([60, 61, 62], [90] * 10)


def test_few_orders_say_nothing() -> None:
    assert not often([60, 61, 62], [90] * 4)
    assert often([60, 61, 62], [90] * 5)
    assert not often([], [], least=0)


def test_more_than_three_in_thirty_days_is_a_burst() -> None:
    orders = [100] * 50
    assert not often([1, 2], orders)  # with this one three
    assert often([1, 2, 3], orders)
    assert often([1, 2, 30], orders)  # the window includes its first instant
    assert not often([1, 2, 31], orders)
    assert not often([1, 2, -1], orders)  # what lies after now does not count


def test_old_orders_and_disputes_are_forgotten() -> None:
    assert not often([181, 182, 183], [90] * 6)
    assert not often([60], [90] * 4 + [181] * 20)
    assert often([60, 61], [90] * 6 + [181] * 20)


# ---------------------------------------------------------------- what the reader is told


def test_every_warning_has_a_sentence_for_somebody() -> None:
    assert set(SENTENCES) == set(PROTECTS) == set(WarningCode)
    assert len(set(SENTENCES.values())) == len(WarningCode)
    for code, sentence in SENTENCES.items():
        assert sentence.endswith("."), code
        assert "!" not in sentence, code
        assert sentence.isascii() or "“" in sentence, code
        assert not {"scam", "fraud", "cheat", "lie", "lying", "thief"} & set(sentence.lower().split()), code
        assert PROTECTS[code], code
    assert PROTECTS[WarningCode.FREQUENT_DISPUTES] == {Party.MEDIATOR}  # a risk signal is for the staff only
    assert all(
        Party.BUYER in readers for code, readers in PROTECTS.items() if code is not WarningCode.FREQUENT_DISPUTES
    )


def test_the_stories_seller_messages_raise_the_flags_they_expect(shared: Callable[[str], Path]) -> None:
    """Where a story's expectation right after a message lists flags, reading the message gives them."""
    told = 0
    for story in sorted(shared("spec/stories").glob("*.yaml")):
        steps = story.read_text(encoding="utf-8").splitlines()
        for step, following in pairwise(steps):
            if "do: message" in step and "flags: [" in following:
                flags = following.split("flags: [")[1].split("]")[0].split(", ")
                assert set(flags) <= read_message(step.split('text: "')[1].split('"')[0]), story.name
                told += 1
    assert told >= 2
