"""How the traps are written in Portuguese.

The notation is explained in amends/core/phrases/__init__.py.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from amends.core.vocabulary import WarningCode

NAMED: Final[Mapping[str, str]] = {
    "wallet": """
        paypal|pix|picpay|mercado_pago|transferencia|conta_bancaria|sua_conta|deposito|western_union|wise|crypto
          |cripto|bitcoin|ted|seu_cartao|nubank|alipay|wechat|sua_carteira
    """,
    "will": """
        vou|vamos|posso|podemos|irei|iremos|poderia|poderiamos|eu|nos|a_gente_vai|a_gente
    """,
    "pay": """
        devolvo|devolver|devolveremos|devolverei|pagar|pago|pagamos|pagaremos|enviar|envio|enviamos|enviaremos
          |transferir|transfiro|transferimos|reembolsar|reembolso|reembolsamos|reembolsaremos|depositar|mandar|mando
          |mandamos|mandarei|enviarei|pagarei|transferirei|depositamos|deposito
    """,
    "dispute": """
        disputa|disputas|reclamacao|reclamacoes|queixa|contestacao|chamado
    """,
    "close": """
        feche|fechar|fecha|fechem|cancele|cancelar|cancela|encerre|encerrar|encerra|retire|retirar|retira|remova
          |desista
    """,
    "praise": """
        boa_avaliacao|avaliacao_positiva|avaliacao_boa|5_estrelas|cinco_estrelas|feedback_positivo|bom_feedback
          |comentario_positivo|bom_comentario|otima_avaliacao|nota_5|nota_maxima|comentario_bom
    """,
    "reward": """
        reembols*|dinheiro|devolv*|desconto|cupom|brinde|presente|bonus|pagamos|pagar|compens*|reais
    """,
    "photo": """
        video|videos|foto|fotos|imagem|imagens|prova|provas|evidencia|evidencias|filmagem
    """,
    "later": """
        proxima_compra|proximo_pedido|proximas_compras|proximos_pedidos|proxima_vez|compra_futura|compras_futuras
          |pedido_futuro|pedidos_futuros
    """,
    "sweet": """
        desconto*|cupom|cupons|brinde|presente|bonus|vale|percent
    """,
}

WORDINGS: Final[Mapping[WarningCode, str]] = {
    WarningCode.OFF_PLATFORM_PAYMENT: """
        {will} ...2 {pay} ...6 por|via|pelo|pela|no|na|em|para|com|pro ...2 {wallet}
        {pay} ...4 por|via|pelo|no|atraves_do {wallet}
        me_passe|passe|passa|informe|envie|mande|manda|qual|diga|forneca ...4 chave|paypal|conta|pix|dados_bancarios
          |dados_da_conta|iban
        reembols*|pagar|pagamos|pago|dinheiro|devolv* ...5 fora|por_fora ...2 plataforma|site|app|aliexpress|daqui
        {will} ...2 {pay} ...4 diretamente|por_fora
        usar|uso|usamos|pelo|por {wallet} ...3 {pay}
        {pay} ...3 direto ...3 conta|cartao|carteira|pix
        faco|fazemos|fazer|mandar|mando|enviar|envio um|o? pix
    """,
    WarningCode.REORDER_TRICK: """
        faca|facam|faz|crie|coloque|abra|fazer|realize ...2 novo|outro|nova|outra|segundo ...1 pedido|compra|encomenda
        compre|peca|comprar|pedir ...3 novamente|de_novo|outra_vez
        compre|pedido|compra|pague|comprar|encomenda ...7 0.01|um_centavo|1_centavo|centavo|centavos
        altero|alteramos|mudo|mudamos|mudar|alterar|ajusto|altero ...2 preco
        enviamos|envio|enviar|enviaremos|mando|mandamos|enviarei ...8 nesse|neste|no|pelo|com_o|por novo|outro|esse
          |nova ...1 pedido|compra
        compre|pague|peca ...4 novo|outro|neste|nesse|por_este|pelo|esse link|anuncio
    """,
    WarningCode.REVIEW_FOR_REFUND: """
        deixe|deixar|de|der|faca|escreva|coloque|avalie|poste|avaliar ...4 {praise} ...10+ {reward}
        {reward} ...10+ deixe|deixar|der|com|por|em_troca_de|apos|avaliar|fizer ...3 {praise}
        mude|altere|remova|apague|exclua|mudar|alterar|remover|edite|apagar ...3 avaliacao|comentario|feedback|nota
          ...10+ {reward}
        {reward} ...8+ mudar|alterar|remover|apagar|excluir|mude|altere|remova ...3 avaliacao|comentario|feedback|nota
        em_troca ...3 avaliacao|estrelas|comentario
        avaliacao primeiro|antes
    """,
    WarningCode.PITY: """
        tenha|tenham|tenha_um_pouco_de piedade|pena|misericordia|do|compaixao
        perder|perco|perderei ...3 meu|o|nosso emprego|trabalho
        chefe|patrao|empresa ...4 demitir|punir|despedir|multar|descontar
        prejudica*|prejudique|afeta*|arruina*|destroi|destru*|estraga*|mancha ...3 minha|nossa|meu|nosso|a|o ...1
          loja|negocio|reputacao|conta|empresa|avaliacao
        pequena|pequeno|humilde|familiar loja|negocio|vendedor|empresa|empresario
        sustentar|alimentar ...2 familia|filhos
        imploro|suplico|por_piedade
    """,
    WarningCode.REPAIR_OFFER: """
        {will}|pagamos|cobrimos|pago|pagaremos ...2 pagar|cobrir|pagamos|reembolsar|arcar|pelo|o|a ...5 conserto
          |reparo|reparacao|consertar
        pagamos|pago|cobrimos|reembolsamos|pagaremos|arcamos ...4 conserto|reparo|reparacao
        leve|leva|procure|encontre|mande ...4 conserto|assistencia|costureira|tecnico|oficina|consertar|reparo
        conserte|consertar|repare|costure|arrume ...3 mesmo|sozinho|voce|em_casa|localmente|perto
        quanto ...3 conserto|consertar|reparo
        enviamos|envio|enviar|mandamos ...3 pecas|peca|reposicao
    """,
    WarningCode.RESEND_OFFER: """
        reenviar*|reenvi*|reenviamos|reenvio
        {will}|enviamos|envio|enviaremos|mandamos ...1 enviar|mandar|enviamos|mandamos|lhe|te|um|uma|outro|outra ...2
          novo|nova|outro|outra|substituto|produto_novo|de_novo|novamente|parecido !foto*|video*|mensagem|email
          |codigo|rastreio|link
        troco|trocamos|trocar|trocaremos|substitu* ...2 produto|por_outro|por_um|item|peca|mercadoria|para_voce
        {will}|envio|enviamos ...2 enviar|mandar? ...4 novamente|outra_vez|de_novo
        foi|foram|ja reenviad*|enviado_novamente
        enviaremos|enviarei|mandarei|enviamos|envio ...2 novo|nova|outro|outra produto|item|pacote|unidade|encomenda
    """,
    WarningCode.DISCOUNT_OFFER: """
        {sweet} ...6 {later}
        {later} ...6 {sweet}
        dou|damos|daremos|oferecemos|ofereco|dar|oferecer|darei|concedemos ...4 {sweet}
        grande|otimo|bom|super|especial desconto ...3 voce|proxim*|futur*
        em_vez ...3 reembolso ...6 {sweet}
        mais_barato ...4 {later}|proxima
        frete_gratis ...4 {later}
    """,
    WarningCode.REASON_SWAP: """
        mude|altere|troque|modifique|corrija|mudar|alterar|trocar|modificar|muda|edite ...3 motivo|razao|causa
        escolha|selecione|marque|coloque|escolher|selecionar|escreva|ponha ...5 nao_preciso|nao_quero|nao_precisa
          |desistencia|arrependimento|pessoal|motivos_pessoais|mudei_de_ideia|engano|nao_necessario|nao_gostei|desisti
        motivo|razao ...4 para|como|por nao_preciso|nao_quero|pessoal|arrependimento|desistencia|nao_necessario
        nao escolha|coloque|escreva|marque|selecione|ponha ...3 falso|falsificado|defeito|qualidade|quebrado
        outro|outra|diferente motivo|razao
        use|coloque|de outro motivo
    """,
    WarningCode.WAIT_LONGER: """
        aguarde|espere|aguardem|aguarda|aguardar_mais|esperar_mais !enquanto
        peco|pedimos|favor|pode|poderia ...3 aguardar|esperar|aguarde|espere
        tenha|tenham|peco|pedimos ...2 paciencia
        mais ...1 alguns|uns|poucos|# dias|semanas
        nao_se_preocupe ...6 chegar|chega|chegara
        da|de|dar mais um_pouco_de|algum? tempo|dias
        nao_abra ...3 disputa ...5 ainda|aguarde|espere
    """,
    WarningCode.OFF_PLATFORM_RETURN: """
        envie|mande|devolva|manda|remeta|poste|devolve ...4 de_volta|para_mim|para_nos|para_este|para_o|o_produto
          |o_item|produto ...12+ envio|enviamos|enviarei|enviaremos|mando|mandamos|reembolso|reembolsamos|troco
          |trocamos|devolvo|devolvemos|vou
        reembolso|devolvo|reembolsamos|devolvemos|envio|enviamos|troco|trocamos|pago|vou ...8 depois|quando|assim_que
          |se|apos ...6 de_volta|receber|devolver|recebermos|retornar
        devol*|envie|mande|retorno ...6 sem|fora|por_fora ...2 disputa|plataforma|site|reclamacao
        este_e|aqui_esta|segue ...2 endereco ...8 envie|mande|devolva|devolver
        devolva|envie|mande ...3 diretamente ...1 para_mim|para_nos|mim
        {close} ...2 {dispute} ...8 devolva|envie|mande
    """,
    WarningCode.PRESSURE_TO_REDUCE: """
        reduza|diminua|abaixe|baixe|reduzir|diminuir|abaixar|baixar|reduz ...3 valor|quantia|reembolso|pedido
          |montante|reclamacao
        mude|altere|mudar|alterar|troque ...2 valor|quantia|montante
        aceite|aceita|aceitar|concorde|aceitaria ...4 metade|menos|parcial|menor|parte|percent
        peca|pedir|solicite|pede|pedindo ...3 menos|menor|metade
        valor|reembolso|quantia|pedido ...4 muito_alto|alto_demais|exagerad*|demais|absurdo|muito_alta
        favor|pode|poderia|precisa|deve|peco_que|peco|queria_que ...3 {close} ...3 {dispute}
        {close} ...2 {dispute} ...2 por_favor
        meio_a_meio|meio_termo
    """,
    WarningCode.ENDLESS_EVIDENCE_DEMANDS: """
        preciso|precisamos|envie|mande|grave|faca|tire|forneca|quero|manda|filme ...4 mais|outro|outra|outros|outras
          |novo|nova|novos|novas|adicionais|melhor|melhores ...2 {photo}
        ainda|de_novo ...1 preciso|precisamos|falta|faltam ...3 {photo}
        {photo} ...3 nao ...10+ outro|outra|mais|novamente|de_novo|novo|nova
        {photo} ...3 novamente|de_novo|outra_vez|todos_os_angulos|outros_angulos|outro_angulo
        refaca|regrave|refilme|repita ...3 {photo}
        mais ...2 {photo} ...3 favor|necessari*|precis*|angulo*
        {photo} ...2 insuficiente*|mais_clar*|mais_nitid*
    """,
    WarningCode.PRIVATE_AGREEMENT: """
        nos|a_gente|ja|voce ...2 combinou|combinamos|acordamos|tinhamos|combinado|concordamos
        tinhamos|fizemos|temos|havia um|o? ...1 acordo|combinado
        por_que|porque ...3 abriu|abrir|abre|abriram ...3 {dispute}
        resolver|resolvemos|resolvamos|acertar|combinar|negociar|tratar|conversar ...5 entre_nos|em_particular
          |no_privado|sem_disputa|sem_a_disputa|por_fora|particular|amigavelmente|sem_mediador
        {close} ...3 {dispute} ...8+ {pay}|resolvo|resolvemos|devolvo|vou
        {pay}|resolvo|resolvemos ...8 depois|quando|assim_que|se|apos ...3 {close}|fechamento ...3 {dispute}
        voce prometeu|concordou|disse ...6 {close}|nao_abrir ...3 {dispute}
        confie_em|confia_em|prometo|prometemos|eu_garanto
        fica|fique|deixe entre_nos
    """,
}

EXTENSION: Final = """
    {will} ...2 estender|prolongar|prorrogar|aumentar|ampliar ...5 protecao|prazo|tempo|periodo|dias
    estendo|estenderei|estenderemos|estendemos|prolongamos|prorrogo|prorrogamos|estendi|aumentamos ...5 protecao
      |prazo|tempo|periodo|dias
"""
