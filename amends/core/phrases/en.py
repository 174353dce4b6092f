"""How the traps are written in English.

The notation is explained in amends/core/phrases/__init__.py.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from amends.core.vocabulary import WarningCode

NAMED: Final[Mapping[str, str]] = {
    "will": """
        i_will|we_will|ill|well|i_can|we_can|i_could|we_could|i_would|we_would|id|can_i|can_we|shall_i|shall_we|may_i
          |let_me|let_us|i_am_going_to|we_are_going_to|im_going_to|gonna|i_am_willing_to|we_are_willing_to
          |i_am_ready_to|we_are_ready_to|i_promise_to|we_promise_to|i_want_to|we_want_to|i_would_like_to
          |we_would_like_to|we_are_happy_to|i|we
    """,
    "wallet": """
        paypal|pay_pal|western_union|moneygram|alipay|wechat|we_chat|venmo|zelle|cash_app|cashapp|skrill|payoneer
          |webmoney|revolut|transferwise|bitcoin|btc|usdt|crypto|cryptocurrency|bank_transfer|wire_transfer
          |bank_account|bank_card|iban|gift_card|giftcard|your_wallet|e_wallet|ewallet|digital_wallet|qiwi|pix|bizum
          |apple_pay|google_pay|cash
    """,
    "dispute": """
        dispute|disputes|claim|case|complaint
    """,
    "close": """
        close|cancel|withdraw|drop|end|finish|delete|remove
    """,
    "photo": """
        photo|photos|picture|pictures|pics|video|videos|evidence|proof|proofs|screenshot|screenshots|footage
    """,
    "praise": """
        good_review|good_feedback|good_rating|good_comment|good_reviews|positive_review|positive_feedback
          |positive_rating|positive_comment|nice_review|nice_feedback|nice_comment|great_review|great_feedback
          |excellent_review|excellent_feedback|perfect_review|perfect_feedback|five_star|five_stars|5_star|5_stars
          |full_stars|best_review|favorable_review|favourable_review
    """,
    "review": """
        review|reviews|feedback|rating|comment|stars
    """,
    "reward": """
        refund*|money|pay|payment|gift|present|coupon|discount|cash*|compens*|bonus|reward|usd|eur|gbp|free
    """,
    "unwanted": """
        not_needed|no_longer_need*|dont_need*|do_not_need*|didnt_need|not_need|dont_want*|do_not_want*
          |changed_my_mind|change_of_mind|changed_your_mind|personal|personal_reason*|by_mistake|dont_like|not_like
    """,
    "later": """
        next_order|next_orders|next_purchase|next_time|next_buy|next_shopping|future_order|future_orders
          |future_purchase|future_purchases|following_order|another_order|second_order
    """,
    "sweet": """
        discount*|coupon*|voucher*|percent|cheaper|gift|gifts|present|bonus|rebate|special_price|lower_price
    """,
}

WORDINGS: Final[Mapping[WarningCode, str]] = {
    WarningCode.OFF_PLATFORM_PAYMENT: """
        {will} ...1 send|transfer|pay|refund|return|give|wire|compensate|repay ...6 via|by|through|to|on|with|in
          |using|over ...2 {wallet}
        > refund|pay|transfer|send|wire me|us|you|u ...4 via|by|through|to|on|with|in|using ...2 {wallet}
        send|give|tell|share|provide|need|what_is|whats|have ...4 your|ur ...1 {wallet}|bank|card account|number
          |email|id|details|info
        > send|give|tell|what_is|whats ...2 your|ur paypal|pay_pal|venmo|zelle|alipay|wechat|iban
        {wallet} ...5 {will} ...2 refund|pay|send|transfer|compensate
        use|using|via|through {wallet} to refund|send|return|compensate|transfer|pay_you
        {will} ...2 refund|pay|send|transfer|return ...4 directly|privately|personally
        friends_and_family|friends_family
        refund|pay|payment|money|deal|transfer|send ...5 outside|off|out_of|bypass|without ...1 platform|site|website
          |app|marketplace|aliexpress
    """,
    WarningCode.REORDER_TRICK: """
        > place|make|create|submit|open|do|put a|an|one|for_me? new|another|second|fresh|one_more|more ...1 order
          |purchase
        order|buy|purchase|link|listing|pay ...8 0.01|1_cent|one_cent|a_cent|few_cents
        {will} ...1 change|modify|adjust|edit ...2 price
        please|kindly|pls|you_can|can_you|could_you|just order|buy|purchase ...3 again|once_more
        > reorder|re_order ...9 ship|send|cent|cents|free|price|pay
        ship|send|deliver ...8 under|with|through|on|in|using|by that|the_new|new|this_new|a_new|another|second order
        > pay|buy|order ...4 new|special|another|other link|listing
    """,
    WarningCode.REVIEW_FOR_REFUND: """
        give|leave|write|post|make|share|put|get ...4 {praise} ...10+ {reward}
        {reward} ...10+ give|leave|write|post|for|after|see|get ...4 {praise}
        > change|revise|modify|edit|update|remove|delete ...3 {review} ...10+ {reward}
        {reward} ...8+ change|revise|remove|delete|modify|edit|update ...3 {review}
        in_exchange_for|in_return_for|exchange_for ...3 {praise}|{review}
        {review} first ...4 {reward}|then
    """,
    WarningCode.PITY: """
        have|show mercy
        mercy_on
        lose my|our job|work|position
        get|got|be me? fired
        kids|children|family ...2 feed
        boss|manager|company ...4 fire|punish|fine|scold|deduct|angry
        hurt*|harm*|damag*|ruin*|destroy*|affect*|bad_for|kill* ...3 my|our ...1 shop|store|business|account
          |reputation|rating|company|job|work
        small|poor|family|little business|seller|shop|worker|company|store
        feed|support my|our family|children|kids|child
        i|we beg|begging
        understand ...2 our|my difficult*|situation|hardship
    """,
    WarningCode.REPAIR_OFFER: """
        {will} ...1 pay|cover|refund|compensate|reimburse|bear ...5 repair|repairs|repairing|fixing|mending|sewing
          |tailor
        {will} ...1 repair it|them|this|the
        > repair|fix|mend|sew ...2 yourself|locally|nearby|by_yourself|at_home
        > take|bring|find|go|visit ...5 repair|repairman|tailor|technician|mechanic|service_center|service_centre
        how_much ...5 repair|repairing|fix|fixing
        repair|repairing|fixing|maintenance cost*|fee|fees|money|expense* ...5 {will}|our_side|on_us|by_us
        {will} ...1 send|mail|ship ...3 spare_part*|repair_kit|replacement_part*
    """,
    WarningCode.RESEND_OFFER: """
        {will} ...1 resend|re_send|reship|re_ship|redeliver|replace|exchange
        resent|reshipped|re_sent|re_shipped
        free_replacement
        {will} ...1 send|ship|mail|post|deliver|give !back ...2 new|another|replacement|second|one_more|similar
          !photo*|picture*|video*|message|email|letter|document*|proof|screenshot*|tracking|offer|invoice|quote|link
          |code|order|address|claim|dispute|version|seller|buyer
        {will} ...1 send|ship it|item|product|goods|parcel|package|them|this|the_item|the_product|the_goods
          |the_parcel again|once_more
        arrange|prepare ...3 reship*|resend*|replacement|new_shipment|new_parcel
    """,
    WarningCode.DISCOUNT_OFFER: """
        {sweet} ...5 {later}
        {later} ...6 {will}|give|get|with|have|receive|for ...4 {sweet}
        {will} ...1 give|offer|send|make ...4 discount|coupon|voucher|free_gift
        big|huge|special|good|vip discount ...4 you|next|future|later|u
        instead_of ...2 refund ...6 {sweet}
        vip_customer|vip_price|vip_discount
        free_gift|free_shipping ...5 {later}
    """,
    WarningCode.REASON_SWAP: """
        > change|modify|switch|edit|revise|alter|correct|amend|update|replace ...4 reason|reasons|ground|grounds
        > reason|dispute|claim ...3 to {unwanted}
        > choose|select|pick|click|mark|put|write|say ...5 {unwanted}
        reason ...4 should_be|must_be|as ...1 {unwanted}
        > use|give|choose|select another|other|different|new reason
        > dont|do_not select|choose|write|put|mark|say ...3 fake|counterfeit|quality|defective|damaged|broken
    """,
    WarningCode.WAIT_LONGER: """
        > please|pls|plz|kindly ...1 wait !while|until_i|for_the_mediator|for_mediator|for_me|for_my
        > wait ...3 longer|patiently|more|few|another|some|little|#
        > be patient|more_patient|a_little_patient|little_patient|a_bit_patient
        > give|allow !me ...2 more|some|little|few|extra ...1 time|days|weeks
        few|couple_of|several more days|weeks
        dont|do_not ...1 worry ...7 arrive|come|wait|delivered
        dont|do_not open|start ...2 dispute ...6 yet|now|wait|patient
    """,
    WarningCode.OFF_PLATFORM_RETURN: """
        > send|ship|return|mail|post ...4 back|to_me|to_us|to_our|to_my|to_this|to_the_following ...14+ {will} ...2
          send|ship|refund|exchange|replace|give|pay|return|resend
        {will} ...2 refund|send|pay|replace|exchange|give ...8 after|when|once|if ...6 back|to_us|to_me
        > return|send|ship|mail ...3 directly|privately to me|us|our|my
        return|back|ship|send ...8 without|outside|not_through|no_need_for ...3 dispute|platform|system|claim|site
        here_is|this_is ...2 my|our ...2 address ...10 back|return|send|ship
        {close} ...3 {dispute} ...8 send|return|ship ...3 back
    """,
    WarningCode.PRESSURE_TO_REDUCE: """
        > reduce|lower|decrease|cut|drop ...4 amount|claim|refund|sum|demand|request|compensation
        > change|modify|edit|revise|set ...3 amount|sum|compensation|refund to|into|as
        > ask|asking|request|apply|claim ...2 less|lower|smaller|half
        > accept|take|agree ...3 less|half|partial|lower|smaller|percent|part_of
        amount|refund|claim|request|money ...4 too_much|too_high|too_big|unreasonable|not_reasonable|so_high|very_high
        > please|pls|kindly|must|should|can_you|could_you|need_to|have_to|want_you_to|hope_you_can|hope_you ...2
          {close} ...3 {dispute}
        meet_in_the_middle|meet_me_halfway|fifty_fifty|half_and_half
    """,
    WarningCode.ENDLESS_EVIDENCE_DEMANDS: """
        > send|take|make|provide|record|shoot|upload|give|show ...4 another|one_more|more|additional|extra|further
          |clearer|better|new|second ...1 {photo}
        i|we|mediator|shop|store ...2 need|want|require ...4 another|one_more|more|additional|extra|further|clearer
          |better|new|second ...1 {photo}
        still|again ...1 need|want|require ...3 {photo}
        {photo} ...3 not|isnt|arent|unclear|blurry ...10+ again|another|more|new|resend|retake|redo|one_more
        > {photo} ...3 again|once_more|from_every|from_all|all_sides|every_angle|different_angle*|other_angle*
        > retake|re_take|re_record|rerecord|reshoot|redo ...3 {photo}
    """,
    WarningCode.PRIVATE_AGREEMENT: """
        we ...1 had|have|reached|made ...2 agreement|deal|arrangement
        we agreed|already_agreed|had_agreed|have_agreed
        you|u promised|agreed|said ...6 {close}|not_open|not_to_open ...3 {dispute}
        why ...3 open*|start*|file* ...3 {dispute}
        solve|settle|resolve|handle|discuss|deal|agree|negotiate|talk|arrange|fix ...6 privately|in_private
          |between_us|between_ourselves|among_us|ourselves|without_the_dispute|without_dispute|without_platform
          |without_the_platform|without_a_mediator|outside
        > {close} ...3 {dispute} ...8+ {will} ...2 refund|pay|send|transfer|return|solve|give|compensate
        {will} ...2 refund|pay|send|return|solve|give|compensate ...8 after|once|when|if you|u ...1 {close} ...3
          {dispute}
        keep ...2 between_us|private
        trust_me|trust_us
        i_promise|we_promise ...4 refund|pay|money|return
    """,
}

EXTENSION: Final = """
    {will} ...2 extend|prolong|add|increase|lengthen ...5 protection|time|period|timer|deadline|guarantee
      |delivery_time|days|order
    i|we|have|already|has ...2 extended|prolonged|added ...5 protection|time|period|timer|deadline|guarantee|days
"""
