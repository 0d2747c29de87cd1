"""Texts without personal data that look as if they had some: every finding in them is a false one."""

from __future__ import annotations

CODE = r"""
@pytest.mark.parametrize("n", [«n», «n»])
    @pytest.mark.django_db
@app.route("/users/<int:id>")
class A:\n    @functools.lru_cache(maxsize=«n»)\n    def f(self): ...
import { Component } from "@angular/core";
"@babel/core": "^«version»",
npm install @types/node@«version»
npm i «package»@«version» @scope/«package»@«version»
yarn add react@npm:preact@«version»
pip install «package»==«version4»
«package»>=«version4»,<«n»
«package»~=«version4»
- uses: actions/checkout@v4.1.1
git clone git@github.com:example/repo.git
git remote add origin git@gitlab.example.com:group/«package».git
url = ssh://git@github.com/example/«package».git
postgres://app:secret@db.internal.example.com:5432/app
<PackageReference Include="«package»" Version="«version4»" />
<version>«version4»</version>
"version": "«version4»",
version = "«version4»"
__version__ = "«version4»"
[assembly: AssemblyVersion("«version4»")]
System.Data, Version=4.0.0.0, Culture=neutral, PublicKeyToken=b77a5c561934e089
FileVersion: «version4»
User-Agent: Mozilla/5.0 (Windows NT 10.0; Win64; x64) Chrome/«browser_version» Safari/537.36 Edg/«browser_version»
«package»-«version4».tar.gz
«package»_«version4»_amd64.deb
using «package» v«version4»
image: registry.example.com/api:«version4»
scores = q@k.transpose(-2, -1) / sqrt(d)
y = x@W.weight + b
background: url("logo@2x.png") no-repeat;
std::vector<std::pair<int, int>> v;
ada::bed(face::b)
xs[1::2], xs[::2], xs[::-1]
OID «oid» is the common name
subject: «oid»=Example, issuer
"algorithm": "«oid»"
snmpwalk -v2c -c public host «oid»
id = «id»
"order_id": «id», "total": «price»
request_id=«id» trace=«sha»
commit «sha»
Digest: sha256:«sha»
«base64»
"arn": "«arn»"
Principal: {AWS: "«arn»"}
"latitude": «coordinates»
dur=«ms» start=«timestamp» end=«timestamp»
@@ -«n»,«n» +«n»,«n» @@ def f():
x = 0x«sha»
MAC «mac» vendor
link/ether «mac» brd ff:ff:ff:ff:ff:ff
sleep(«n»); port range 21 «round_range»
ports: «n» «round_range»
#define MAX_SIZE «id»
TIMEOUT_MS=«n»000
width: «n»px; margin: 11 «n» 21 «n»;
[1000, 2000, 3000, 4000, 5000, 6000]
array([[4.1, 5.2], [«ms», «ms»]])
""".strip().splitlines()

PROSE = r"""
Chapter 11 «year_range»
See chapters 12 to 14, pages 21 «round_range».
Dec 31 «year_range»
Season 11 «year_range» was the best.
De 11 «year_range» não há registro.
Chrome «browser_version» crashes on start.
Firefox «version4» works.
I upgraded to version «version4» yesterday.
A versão «version4» corrige o erro.
La versión «version4» no arranca.
Firmware «version4» is out.
Build «version4» failed
See section «section» of the RFC.
as required by § «section»
conforme o item «section» do edital
Clause «section» applies.
capítulo «section»
Windows «version4» update, released «timestamp»
ISBN «isbn»
ISBN-13: «isbn»
My order number is «id».
Pedido nº «id» enviado.
Número do pedido: «id»
protocolo «id»
Ticket #«id» is closed
Tracking number: «tracking»
Código de rastreio «tracking»
USPS «tracking» is in transit
CEP «zip»
RG 12.345.678-9
PIS «pis»
Processo «lawsuit»
Chave de acesso: «access_key»
Boleto: «bank_slip»
IBAN «iban»
IMEI «imei»
código de barras «ean»
CPF «wrong» é inválido
It costs «price», down from «price».
O total foi «price» em «year».
Population: «thousands» (in «year»), «thousands» before.
The meeting is on «timestamp».
Between «year_range» sales grew by +«n»%.
Version history: «version», «version», «version4» (latest version)
He scored 11 2-1 and 21 15-12 in the final.
My coordinates are «coordinates».
Follow @ana.silva on Instagram, or @the_real.john!
Meet me @ 10.30, room 4.2
It is 10:30:45 or 1::2?
Elevation 1234 5678 meters, 4500 4600 4700 4800
Call 0800 123 4567 or 190.
The 11 9000-series and 21 5000-ohm parts
Tabela: 2019 2020 2021 2022 2023
Add 11 2000 watts and 12 3000 watts
phone model SM-G991B/DS, serial «id»
Use 4-4-2 or 4-3-3; result 3-0.
""".strip().splitlines()
