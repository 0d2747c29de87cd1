"""Sentences in Portuguese, English and Spanish. `«kind»` stands for a value that has to be found."""

from __future__ import annotations

PORTUGUESE = """
Meu CPF é «cpf», pode conferir?
CPF: «cpf»
cpf «cpf» e e-mail «email»
O CPF do titular (n. «cpf») está irregular.
Segue o CNPJ da empresa: «cnpj».
CNPJ nº «cnpj», inscrição estadual isenta.
Emitir nota para «cnpj», aos cuidados de Maria.
A empresa de CNPJ «cnpj» mudou de endereço em «year».
Me liga no «celular» depois das «n»h
Tel. «celular»
Meu zap é «celular», pode chamar!
WhatsApp: «celular» (falar com a Ana)
Telefones para contato: «celular» / «celular»
Liguei para o «celular» e ninguém atendeu.
Contato: «celular», ramal «phone_extension»
Mande para «email», por favor.
Meu e-mail mudou de «email» para «email».
E-mail:«email»;telefone:«celular»
Paguei com o cartão «card» ontem.
cartão de crédito «card», validade 09/29, CVV 123
O número do meu cartão é «card».
O servidor «ip» não responde desde as 10:30.
Meu IP é «ip» e o do roteador «ipv4».
Fui bloqueado, meu endereço IP: «ip».
Olá, sou João, CPF «cpf», nascido em 12/03/«year», e perdi o cartão «card». Meu telefone é «celular».
Cadastro: «cpf», «email», «celular»
Favor cancelar a compra no cartão final «n», CPF «cpf».[1]
Nota fiscal para «cnpj».[2] Obrigado.
Ligue («celular») ou escreva («email»).
1. CPF «cpf»
2. Telefone «celular»
A reunião foi com o dono do CNPJ «cnpj» e o sócio de CPF «cpf».
Quem é o dono do telefone «e164»?
Minha mãe mora em Lisboa, o número dela é «e164».
""".strip().splitlines()

ENGLISH = """
My email is «email», please reply there.
Contact me at «email» or «email».
You can reach John at «e164».
Call me on «e164» after 5pm.
Phone: «e164»
tel «e164», ext. «phone_extension»
Text «e164» or e-mail «email»!
Please charge card «card», exp 11/28.
Card number: «card»
I paid with «card» and it was declined twice.
The server at «ip» is down.
Ping «ipv4» and «ip» from your laptop.
Requests from «ip» are rate limited since «year».
What is the location of «ip»?
Block «ip», «ip» and «ip» in the firewall.
His Brazilian tax number (CPF) is «cpf».
The company's CNPJ is «cnpj» and its phone is «celular».
Write a letter to «email» about the flight in «year», and mention +n% growth.
Is «email» a valid address?
Email me: «email».
<«email»> wrote:
From: Ana <«email»>
To: «email», «email»
"Smith, John" <«email»>
My card was «card».[1] It expired.
Our office: «e164».[2]
The address («email») bounced.
Reply to *«email»* or to `«email»`.
Here is my info - name: John, phone: «e164», email: «email», card: «card».
Could you rewrite this? "Dear Sir, call me at «e164» or mail «email»."
You said «ip» is mine, but it's my neighbour's.
""".strip().splitlines()

SPANISH = """
Mi correo es «email», gracias.
Escríbeme a «email» o llámame al «e164».
Teléfono: «e164»
Mi número de tarjeta es «card».
Pagué con la tarjeta «card» el 12/05/«year».
La dirección IP «ip» está bloqueada.
El servidor «ip» no contesta.
¿Cuál es el titular del CPF «cpf»?
La empresa brasileña tiene el CNPJ «cnpj».
Llama al «e164» (preguntar por Lucía).
Contacto: «email», móvil «e164».
Correo electrónico:«email»
""".strip().splitlines()
