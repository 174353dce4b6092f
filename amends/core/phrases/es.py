"""How the traps are written in Spanish.

The notation is explained in amends/core/phrases/__init__.py.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from amends.core.vocabulary import WarningCode

NAMED: Final[Mapping[str, str]] = {
    "wallet": """
        paypal|bizum|transferencia|cuenta_bancaria|tu_cuenta|su_cuenta|mercado_pago|western_union|deposito|oxxo|nequi
          |yape|bitcoin|cripto|criptomonedas|alipay|wechat|tu_tarjeta|su_tarjeta|tu_monedero|su_monedero
    """,
    "will": """
        voy_a|vamos_a|puedo|podemos|podria|podriamos|te|le|les|os
    """,
    "pay": """
        devuelvo|devolvemos|devolver|devolvere|devolveremos|pago|pagamos|pagar|pagaremos|pagare|envio|enviamos|enviar
          |enviare|enviaremos|transfiero|transferimos|transferir|reembolso|reembolsamos|reembolsar|mando|mandamos
          |mandar|mandare|devolverle|devolverte|pagarle|pagarte|enviarle|enviarte|transferirle|transferirte
          |reembolsarle|reembolsarte|ingresar|ingreso
    """,
    "dispute": """
        disputa|disputas|reclamacion|reclamo|queja|denuncia|controversia
    """,
    "close": """
        cierre|cierra|cerrar|cancele|cancela|cancelar|retire|retira|retirar|anule|anula|anular|elimine|cierres
          |canceles|retires|cierren
    """,
    "praise": """
        buena_resena|buena_valoracion|valoracion_positiva|resena_positiva|5_estrellas|cinco_estrellas
          |buena_calificacion|comentario_positivo|buen_comentario|opinion_positiva|buena_opinion|calificacion_positiva
    """,
    "reward": """
        reembols*|dinero|devolv*|devuelv*|descuento|cupon|regalo|bono|pagamos|pagar*|compens*|euros|dolares
    """,
    "photo": """
        video|videos|foto|fotos|imagen|imagenes|prueba|pruebas|evidencia|evidencias|grabacion|captura
    """,
    "later": """
        proxima_compra|proximo_pedido|proximas_compras|proximos_pedidos|proxima_vez|siguiente_pedido|siguiente_compra
          |compra_futura|compras_futuras|futuras_compras|pedidos_futuros
    """,
    "sweet": """
        descuento*|cupon|cupones|regalo|bono|obsequio|percent|rebaja
    """,
}

WORDINGS: Final[Mapping[WarningCode, str]] = {
    WarningCode.OFF_PLATFORM_PAYMENT: """
        {will} ...2 {pay} ...6 por|via|mediante|a|con|en|por_medio_de ...2 {wallet}
        {pay} ...4 por|via|mediante {wallet}
        digame|dime|pase|pasa|paseme|pasame|envie|envieme|enviame|mande|mandeme|mandame|cual_es|deme|dame|proporcione
          ...4 paypal|iban|bizum|numero_de_cuenta|cuenta_bancaria|cuenta_de|datos_bancarios|clabe
        reembols*|pagar*|pago|dinero|devol* ...5 fuera ...2 plataforma|sitio|app|pagina|aliexpress
        {will} ...2 {pay} ...4 directamente|en_efectivo|por_fuera
        usar|uso|usamos|use {wallet} ...4 {pay}
        {pay} ...4 directamente ...3 cuenta|tarjeta|monedero|cartera
        hago|hacer|hacemos|hacerle|hacerte|haremos un|una bizum|transferencia
    """,
    WarningCode.REORDER_TRICK: """
        haga|haz|hagan|cree|crea|coloque|realice|realiza|hacer|ponga|abra ...2 nuevo|otro|nueva|otra|segundo ...1
          pedido|compra|orden
        compre|compra|pida|pide|comprar|vuelva_a_comprar ...3 de_nuevo|otra_vez|nuevamente
        vuelva|vuelve a comprar|pedir|ordenar
        compre|pedido|compra|pague|orden|comprar ...7 0.01|un_centimo|1_centimo|un_centavo|centavo|centimos
        cambio|cambiare|cambiamos|modifico|cambiaremos|ajusto|modificare ...2 precio
        enviaremos|enviare|envio|enviamos|mando|mandare ...8 en|con|bajo|por ese|el_nuevo|nuevo|este|otro ...1 pedido
          |orden
        compre|pague|pida|compra|paga ...4 nuevo|otro|este|nuestro enlace|link|anuncio
    """,
    WarningCode.REVIEW_FOR_REFUND: """
        deje|deja|ponga|pon|escriba|escribe|dejar|dejas|de|da|nos_das|poner ...4 {praise} ...10+ {reward}
        {reward} ...10+ deje|deja|dejas|pone|pones|por|a_cambio_de|si|tras ...3 {praise}
        cambie|cambia|modifique|modifica|elimine|elimina|borre|borra|quite|cambiar ...3 resena|valoracion|comentario
          |calificacion|opinion ...10+ {reward}
        {reward} ...8+ cambia|cambias|elimina|eliminas|borra|borras|modifica|quita|cambiar|cambie|elimine ...3 resena
          |valoracion|comentario|calificacion|opinion
        a_cambio ...3 resena|valoracion|estrellas|comentario
        resena|valoracion primero
    """,
    WarningCode.PITY: """
        tenga|tengan|ten|tenga_un_poco_de piedad|compasion|misericordia|pena
        perder|pierdo|perdere ...3 mi|el|nuestro trabajo|empleo
        jefe|empresa|patron ...4 despedir|castigar|despida|multar|descontar|echar
        perjudica*|dana|danar|danan|afecta*|arruina*|destru*|hund*|mancha ...3 mi|nuestra|nuestro|a_mi|a_nuestra|la
          |el ...1 tienda|negocio|reputacion|cuenta|empresa|valoracion
        pequena|pequeno|humilde|familiar tienda|negocio|vendedor|empresa|empresario
        mantener|alimentar ...2 familia|hijos
        ruego|suplico|imploro|por_piedad
    """,
    WarningCode.REPAIR_OFFER: """
        pagamos|pago|pagaremos|pagare|cubrimos|cubriremos|reembolsamos|asumimos|pagar|cubrir|compensamos|pagarle
          |pagarte ...4 reparacion|arreglo|costura
        lleve|lleva|llevelo|llevalo|busque|busca|vaya ...5 reparar|arreglar|taller|tecnico|sastre|servicio_tecnico
          |reparacion|costurera
        repare|reparelo|arregle|arreglelo|reparalo|arreglalo|reparar|arreglar|cosa ...3 mismo|usted|misma|en_casa
          |localmente|cerca
        cuanto ...4 reparacion|repararlo|arreglo|arreglarlo|reparar|arreglar
        enviamos|envio|enviaremos|mandamos ...3 repuesto|repuestos|piezas|recambio
        coste|costo|gastos ...2 reparacion|arreglo ...5 pagamos|nosotros|cubrimos|asumimos
    """,
    WarningCode.RESEND_OFFER: """
        reenvi*
        {will}|enviaremos|enviare|mandaremos|mandare ...1 enviar*|mandar*|enviamos|mandamos|envio|mando|otro|otra|uno
          |una|un ...2 nuevo|nueva|otro|otra|de_nuevo|nuevamente|reemplazo|similar|otra_vez !foto*|video*|mensaje
          |correo|codigo|enlace
        cambi*|reemplaz*|sustitu* ...2 producto|por_otro|por_uno|articulo|por_una|por_otra
        {will} ...1 enviar*|envio|enviamos|mandamos|mando ...4 otra_vez|de_nuevo|nuevamente
        enviaremos|enviare|enviamos|envio ...2 nuevo|nueva|otro|otra producto|articulo|paquete|unidad|pieza
        reemplazo|reposicion|sustitucion gratis|gratuito|gratuita
    """,
    WarningCode.DISCOUNT_OFFER: """
        {sweet} ...6 {later}
        {later} ...6 {sweet}
        doy|damos|daremos|ofrecemos|ofrezco|dar|ofrecer|dare|darle|darte|ofrecerle|ofrecerte|hacemos ...4 {sweet}
        gran|buen|super descuento ...3 usted|ti|proxim*|futur*|en
        en_lugar|en_vez ...3 reembolso ...6 {sweet}
        mas_barato ...4 {later}|proxima
        envio_gratis ...4 {later}
    """,
    WarningCode.REASON_SWAP: """
        cambie|cambia|modifique|modifica|corrija|cambiar|modificar|edite|corregir|sustituya ...3 motivo|razon|causa
        elija|elige|seleccione|selecciona|marque|marca|ponga|pon|escoja|elegir|escriba ...5 no_lo_necesito|ya_no_lo
          |no_necesito|no_lo_quiero|personal|personales|cambie_de_opinion|por_error|no_necesario|no_me_gusta
          |desistimiento
        motivo|razon ...4 a|por|como no_lo_necesito|ya_no|no_necesito|personal|personales|no_necesario|no_lo_quiero
        no ponga|elija|marque|escriba|seleccione|diga|pongas|elijas ...3 falso|falsificado|falsificacion|defectuoso
          |calidad|roto
        otro|otra|diferente|distinto motivo|razon
        ponga|pon|diga|di que ya_no|no_lo|no_la ...1 quiere|quieres|necesita|necesitas
    """,
    WarningCode.WAIT_LONGER: """
        espere|espera|esperen|aguarde|aguarda !mientras
        ruego|rogamos|favor|puede|puedes|podria|pedimos ...3 esperar|espere|espera|aguardar
        tenga|tengan|ten|pedimos ...2 paciencia|paciente
        sea|se paciente
        unos|algunos|# dias|semanas mas
        no_se_preocupe|no_te_preocupes ...6 llegara|llega|llegar
        dele|denos|deme|dale|danos ...3 tiempo|dias
        no_abra|no_abras ...3 disputa ...5 todavia|aun|espere
    """,
    WarningCode.OFF_PLATFORM_RETURN: """
        envie|envia|envielo|envialo|devuelva|devuelve|devuelvalo|mande|manda|mandelo|mandemelo|mandamelo|enviemelo
          |enviamelo|devuelvamelo|devuelvemelo|regrese ...4 de_vuelta|a_mi|a_nosotros|a_esta|a_nuestra|a_la_siguiente
          |el_producto|el_articulo|me|devuelta|a_esta_direccion ...12+ envio|enviamos|enviare|enviaremos|mando
          |mandamos|reembolso|reembolsamos|cambio|cambiamos|devuelvo|devolvemos|mandare|devolvere|reembolsare
          |devolveremos
        reembolso|devuelvo|reembolsamos|devolvemos|enviamos|envio|cambiamos|reembolsaremos|devolveremos|enviaremos
          |pago ...8 despues|cuando|en_cuanto|si|una_vez ...6 de_vuelta|recibamos|reciba|recibir|devuelva|devuelvas
        devol*|devuel*|envie|mande ...6 sin|fora|fuera ...2 disputa|plataforma|sitio|reclamacion
        esta_es|aqui_esta|aqui_tiene|le_paso ...2 direccion ...8 envie|mande|devuelva|enviar
        devuel*|envie*|mande* ...3 directamente ...1 a_mi|a_nosotros|me
        {close} ...2 {dispute} ...8 devuel*|envie*|mande*
    """,
    WarningCode.PRESSURE_TO_REDUCE: """
        reduzca|reduce|baje|baja|disminuya|rebaje|reducir|bajar|disminuir|rebajar ...3 importe|cantidad|monto|suma
          |reembolso|reclamacion|peticion
        cambie|cambiar|modifique|modificar ...2 importe|cantidad|monto|suma
        acepte|acepta|aceptar|aceptaria|aceptarias ...4 mitad|menos|parcial|menor|parte|percent|inferior
        pida|pedir|solicite|pide|pidiendo ...3 menos|menor|mitad
        importe|reembolso|cantidad|monto|peticion ...4 demasiado|excesiv*|muy_alto|muy_alta|exagerad*
        favor|puede|puedes|podria|debe|ruego_que|necesito_que|pido_que|pedimos_que|tiene_que ...3 {close} ...3
          {dispute}
        {close} ...2 {dispute} ...2 por_favor
        mitad_y_mitad|punto_medio
    """,
    WarningCode.ENDLESS_EVIDENCE_DEMANDS: """
        necesito|necesitamos|envie|envia|envieme|mande|grabe|graba|haga|tome|aporte|quiero|manda|suba ...4 mas|otro
          |otra|otros|otras|nuevo|nueva|nuevos|nuevas|adicionales|mejor|mejores ...2 {photo}
        todavia|aun|seguimos ...1 necesito|necesitamos|falta|faltan|necesitando ...3 {photo}
        {photo} ...3 no ...10+ otro|otra|mas|de_nuevo|nuevamente|nuevo|nueva
        {photo} ...3 de_nuevo|otra_vez|nuevamente|todos_los_angulos|otros_angulos|otro_angulo
        repita|vuelva_a_grabar|vuelve_a_grabar|regrabe ...3 {photo}
        {photo} ...4 mas favor|necesari*|clar*|nitid*
        {photo} ...2 insuficiente*|mas_clar*|mas_nitid*
    """,
    WarningCode.PRIVATE_AGREEMENT: """
        habiamos|hemos|nosotros|ya ...2 acordado|quedado|acordamos|quedamos|pactado|llegado_a
        teniamos|tenemos|hicimos|habia un|el? ...1 acuerdo|trato
        por_que|porque ...3 abrio|abierto|abriste|abrir|abre|abierto ...3 {dispute}
        resolver*|resolvamos|arregl*|solucion*|acordar|negociar|hablar*|resolvemos ...5 entre_nosotros|en_privado
          |por_privado|sin_disputa|sin_la_disputa|por_fuera|amistosamente|sin_mediador
        {close} ...3 {dispute} ...8+ {pay}|resolvemos|resuelvo|solucionamos
        {pay}|resolvemos|solucionamos|reembolsaremos ...8 despues|cuando|en_cuanto|si|una_vez ...3 {close}|cierre
          ...3 {dispute}
        usted|tu prometio|prometiste|dijo|acordo ...6 {close}|no_abrir ...3 {dispute}
        confie_en|confia_en|prometo|prometemos|le_garantizo
        quede|queda entre_nosotros
    """,
}

EXTENSION: Final = """
    {will} ...2 extender*|prolongar*|ampliar*|aumentar* ...5 proteccion|plazo|tiempo|periodo|dias
    extiendo|extendere|extenderemos|extendemos|prolongamos|prolongaremos|ampliamos|amplio|ampliaremos|extendi
      |ampliare ...5 proteccion|plazo|tiempo|periodo|dias
"""
