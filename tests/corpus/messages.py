"""Messages, forms, notes, commands and settings as they arrive, with and without personal data."""

from __future__ import annotations

MIXED = r"""
bom dia, queria saber pq meu cpf «cpf» ta negativado
segue dados p/ NF: razão social ACME LTDA CNPJ:«cnpj» end. rua x 123 cep «zip» fone:«celular»
Oi tudo bem?? me chama no zap «celular» ou no «celular» (minha mae)
Paciente Maria, CPF-«cpf», convênio 1234567890, tel. resid. «celular»
meu pix é «celular»
pix: «ascii_email»
minha chave pix é o cpf «cpf_digits»
O fulano (CPF/MF sob o nº «cpf», RG nº 12.345.678-9 SSP/SP), residente na Rua das Flores, 123, CEP «zip»
inscrita no CNPJ/MF sob nº «cnpj», com sede em São Paulo
cartao visa «card» venc 08/27 cvv 999
n do cartão: «card»
me@: «ascii_email», trabalho: «ascii_email»
SAC 0800 729 0722, matriz «celular»
Protocolo de atendimento: «id», aberto em «timestamp»
Hey can u check the whois of «ip» for me
getting ECONNREFUSED «ipv4»:«port» when I curl
My router is «ipv4», DNS «ipv4» / «ipv4»
SSH to «ipv4» fails w/ timeout; traceroute stops at «ipv4» (3 hops)
upgraded nginx from «version» to «version», postgres «version»
node «version4» vs node «version4»
dotnet --version → «version4»
SQL Server «version4» (X64)
Google Chrome is up to date. Version «browser_version» (Official Build) (64-bit)
Driver version is «version4», firmware «version4».
Go to 3.2.1.4 in the manual
Figure «section» shows the plot; cf. Table «section»
see item «section», letra b
Mobile: «e164» (WhatsApp ok)
Dial «e164» then press 2
text me @ «e164»
my cell's «e164»
Ph: «e164» / Fax: «e164»
Contact: Jane Roe, «ascii_email», «e164», 221B Baker St.
REPLY-TO: «ascii_email»
cc «ascii_email»; «ascii_email»; bcc «ascii_email»
"«ascii_email»" <«ascii_email»>
curl -u «ascii_email»:hunter2 https://api.example.com
git log --author=«ascii_email»
LOGIN_USER: '«ascii_email»'
ssh -i key.pem ubuntu@«ipv4»
{"ts":"«timestamp»","level":"warn","peer":"«ip»","msg":"slow request","ms":«ms»}
<log ip="«ip»" user="«ascii_email»" ts="«timestamp»"/>
hosts:\n  - «ipv4»\n  - «ipv4»
0.0.«n».«n» is a prerelease
order #«id» shipped via UPS «tracking»
Invoice INV-«id», PO «id», total «price»
txn «id» auth «id»
snowflake id «id», message «id»
session «sha», etag "«sha»"
account «arn»
lat/lon «coordinates»
isbn «isbn», pages 100-200
Temporada 21 «year_range»
das 11 2000-3000 unidades
linhas 21 2100-2200
em 2023 foram 11 3000 unidades
Ligar 190 ou 0800 701 2345
ramal «phone_extension», sala 1234
Boleto vencido: «bank_slip»
chave nfe «access_key»
ID do pedido: «id»
Nº do processo «lawsuit»
EAN «ean»  IMEI «imei»
PIS/PASEP «pis»
1 234 567 891 pessoas
tel. «celular»\ncel. «celular»\nemail «ascii_email»
我的电话是«e164»，邮箱«ascii_email»，请联系
信用卡：«card»（有效期09/27）
IP：«ipv4»
当前版本：«version4»
更新到«version4»版本
お問い合わせ：«ascii_email»／TEL «e164»
IPアドレス「«ipv4»」を許可
Ver.«version4»をリリース
제 번호는 «e164»이고 메일은 «ascii_email»예요
버전은 «version4»입니다
الهاتف «e164» والبريد «ascii_email»
الإصدار رقم «version4»
@Override public void run() {}
from foo import bar  # type: ignore @author x
docker pull ghcr.io/acme/app@sha256:«sha»
uses: docker/build-push-action@v5.1.0
"eslint": "npm:@acme/eslint@«version»"
C:\Users\ana\file@2x.jpg
a.b@c.d
E-mail: «ascii_email».
Mail «ascii_email»? Yes!
sip:«ascii_email»;transport=tcp
xmpp:«ascii_email»
rsync -av . deploy@web1.example.com:/srv
tcpdump: IP «ipv4».«port» > «ipv4».443: Flags [S]
10.«n».«n».«n»-jre openjdk
nginx/1.25.3.1 (Ubuntu)
python-«version4»-py3-none-any.whl
"dependencies": {"left-pad": "«version4»"}
SNMPv2-SMI::enterprises.«n».«n».«n».«n»
mac «mac»
uuid «id»
phone_number="«e164»"
tel:«e164»
<a href="tel:«e164»">call</a>
{"phone": "«celular»", "id": "«id»"}
card_number=«card»&exp=0927
"pan":"«card»"
document: '«cnpj_digits»'
VALUES ('«cpf_digits»','«cnpj_digits»')
|«cpf»|«celular»|
«cpf»;«celular»;«ascii_email»
""".strip().splitlines()
