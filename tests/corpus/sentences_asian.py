"""Sentences in Chinese, Japanese, Korean and Arabic, mostly without spaces around the values."""

from __future__ import annotations

CHINESE = """
我的邮箱是«ascii_email»，请回复。
请联系«ascii_email»或者拨打«e164»。
电子邮件：«ascii_email»
发到«ascii_email»就可以了
我的信用卡号是«card»，有效期到«year»年。
卡号«card»被盗刷了
服务器«ip»无法访问。
服务器地址是«ipv4»吗？
电话：«e164»，找王先生
请打我的手机«e164»。
巴西税号«cpf»是有效的吗？
公司的CNPJ是«cnpj»。
""".strip().splitlines()

JAPANESE = """
メールは«ascii_email»です。
連絡先は«ascii_email»または«e164»です。
メールアドレス：«ascii_email»（仕事用）
«ascii_email»までご連絡ください。
カード番号は«card»です。
クレジットカード（«card»）で支払いました。
サーバー«ip»に接続できません。
IPアドレスは«ipv4»でした。
電話番号は«e164»です。
ブラジルの納税者番号は«cpf»です。
会社のCNPJは«cnpj»です。
「«ascii_email»」に送ってください。
""".strip().splitlines()

KOREAN = """
연락처는«ascii_email»입니다.
이메일은 «ascii_email»입니다.
«ascii_email»으로 보내 주세요.
카드번호는«card»입니다.
제 카드 «card»이 분실되었습니다.
서버 «ip»에 접속할 수 없습니다.
전화번호는 «e164»입니다.
아이피 주소는 «ipv4»예요.
브라질 납세자 번호는 «cpf»입니다.
""".strip().splitlines()

ARABIC = """
بريدي الإلكتروني هو «ascii_email» شكرا
راسلني على «ascii_email»، من فضلك.
رقم الهاتف: «e164»
اتصل بي على «e164» غدا
رقم البطاقة «card» وتنتهي في «year»
عنوان الخادم «ip» لا يعمل
البريد:«ascii_email»
رقم الضريبة البرازيلي «cpf»
""".strip().splitlines()

# Numbers as an input method writes them: full-width, or with an invisible character inside.
WIDE = """
カード番号：«card»
電話は«e164»までお願いします
邮箱：«ascii_email»
我的IP是«ipv4»。
CPF «cpf»
""".strip().splitlines()

ASIAN_LOOKALIKES = """
版本«version4»已经发布。
バージョン«version4»に更新しました。
버전 «version4» 업데이트
الإصدار «version4» متاح الآن
第«section»节
第«section»章を参照
订单号«id»已发货
注文番号«id»を確認してください
快递单号：«tracking»
价格是«price»元
«year»年«n»月«n»日
ISBN «isbn»
이 책의 ISBN은 «isbn»입니다
رقم الطلب «id»
@山田さん、«n»時に会いましょう
微博@小明 说得对
""".strip().splitlines()
