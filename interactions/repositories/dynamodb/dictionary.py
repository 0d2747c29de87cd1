"""What texts are compressed with: words and turns of phrase of people and assistants, the most frequent at the end.

It must never change: what was compressed with it can be read with it alone. A better one is another format.
"""

from __future__ import annotations

_PORTUGUESE = """
porém embora além disso portanto entretanto segundo conforme através durante enquanto quanto quando qual quais quem
onde aqui assim ainda apenas sempre nunca antes depois agora hoje ontem amanhã semana mês anos dia dias hora horas
tempo vez vezes mundo vida pessoa pessoas cliente clientes empresa produto serviço pedido pagamento valor preço conta
contrato dados sistema usuário senha arquivo código exemplo problema solução resposta pergunta texto informação
informações ajuda processo projeto trabalho mercado governo país cidade Brasil brasileiro português saúde educação
direito lei artigo criar fazer usar utilizar executar verificar adicionar configurar instalar escrever entender
explicar melhorar precisar precisa pode podem poder deve devem seria foram está estão estava são será tem têm tinha
ter há houve ser foi fica primeiro segunda maior menor melhor novo nova novos mesmo mesma outro outra outros outras
todo toda todos todas cada muito muita muitos mais menos bem bom boa grande pequeno alguns algumas nenhum qualquer
isso isto esse essa esses este esta aquele ele ela eles elas você nós meu minha seu sua seus suas nosso lhe me se já
até entre sobre sem sob desde após ou nem também pois então mas porque como com por para pelo pela no na nos nas ao
aos à do da dos das de um uma uns não sim que e o a os as em é Olá Obrigado Claro Aqui está Você pode Por exemplo de
acordo com a partir de por meio de em relação a é importante por favor o que é como posso para que não é ção ções
mente idade ando endo
"""
_LESS_FREQUENT = """
abstract accept acceptable accident accompany accomplish accordance accordingly accuracy acquire adapt adequate
adjacent adjust administration administrator admit adopt advance advertisement aggregate agreement agriculture
algorithm alignment allocate alphabet ambiguous amendment analyst ancient anniversary announce annual anonymous
anxiety apologize apparent appendix applicable appoint appreciate appropriately architecture arrangement arrive
artificial assembly assess assets assign assistance assistant associate assumption asynchronous atmosphere attach
attempt attitude attorney attractive authentication authorize automatically awareness bacteria bandwidth bankruptcy
barrier battery beautiful beginning behalf believe beneficial besides beverage billion biology boundary breakfast
brilliant broadcast budget calendar campaign candidate capability capacity capital carbon careful category celebrate
ceremony certificate challenge champion chapter character charge chemical chicken childhood chocolate circuit
circumstances citizen civilization clarify classic classification climate clinical collapse colleague collection
college colony column combination comfortable commercial commission commitment committee commodity communicate
community companion comparison compatible compensation competition competitive compile complaint complement completion
complexity compliance component comprehensive compress comprise compromise compute concentrate conclude conclusion
concrete concurrent confidence confidential configure confirm conflict confusion congress consciousness consequence
conservative considerable consideration consistency constitution constraint construct construction consult consumer
consumption contemporary contract contrast contribute contribution convenient convention conversation convert convince
cooperation coordinate copyright corporate corporation correctly correspond corresponding counter courage creative
credential criminal criterion criteria criticism crucial culture currency curriculum customer cycle damage dangerous
database deadline debate decade declaration declare decline decorate decrease dedicated default defendant deficit
definition degree delay delegate deliberate deliver delivery democracy demonstrate density department dependency
deposit deprecated depression derivative derive description deserve designate desirable destination destroy detection
deterministic developer device diagnosis diagram dialogue dictionary dimension diplomatic directory disability
disadvantage disagree disappear discipline discount discovery disease display distance distinct distinction
distinguish distribute distribution disturb diversity dividend doctor document domain domestic donation duplicate
duration economic economy edition editor educational effective efficiency efficiently elaborate election electric
electricity electronic element eliminate embarrass emergency emission emotional emphasis emphasize empire employee
employer employment encounter encourage encrypted encryption enforcement engagement engine engineer engineering
enhance enormous enterprise entertainment enthusiasm entire entity entrance environmental equation equipment
equivalent escape essay essentially establish establishment estimate evaluate evaluation eventually evidence evolution
examination examine excellent exception exceed excessive exchange exclude exclusive execute execution executive
exercise exhibit existence expansion expectation expenditure expense expensive experiment expert expiration
explanation explicit explicitly explore export expose expression extend extension extensive external extraordinary
extreme facility faculty failure faith familiar famous fantastic fashion favorite feature federal feedback finance
financial finish flexible flexibility foreign formal format formula forward foundation fraction fragment framework
frequency frequently friendship fulfill fundamental furniture furthermore gallery garden generate generation generous
genetic genuine geography global gradually graduate grammar guarantee guidance guideline habitat handle hardware
harmful heading healthy heritage hierarchy highlight historical history holiday hospital household housing hypothesis
identical identifier identify identity illegal illustrate imagination immediately immigrant impact implement
implementation implication implicit import impossible impression improve improvement incident income incorporate
increasingly incredible indeed independence independent index indicate indication indirect individual industrial
industry inevitable infection inflation influence infrastructure ingredient inherit initial initialize initially
initiative injury innovation input inquiry insert inspection inspire install installation institution instruction
instrument insurance integer integrate integration integrity intellectual intelligence intense intention interact
interaction interface intermediate internal international interpret interpretation interpreter interrupt interval
interview introduce introduction investigate investigation investment investor invitation invoke isolate item
iteration itinerary journal journey judgment jurisdiction justice justify kitchen knowledge laboratory landscape
language latency latitude launch lawyer layer leadership league legal legislation leisure length liability liberty
library license lifestyle limitation liquid listen literal literally literature loan location logical loss luxury
machine magazine magnetic mainstream maintain maintenance majority manage management manager manner manual manufacture
manufacturer margin marine marketing marriage mathematical mathematics maximum meaningful measure measurement
mechanism medical medicine medium member membership memory mention merchant message metadata migration military
million mineral minimum minister minority mission mistake mixture mode moderate modern modification modify module
moment momentum monitor mortgage motion motivation mountain multiple municipal museum mutable mutual mystery namespace
narrative national native natural naturally navigate nearby necessarily necessity negative negotiate negotiation
neighborhood nervous network neutral nevertheless nonetheless normal normally notice notification notion novel nuclear
numerous nutrition objective obligation observation observe obtain obvious obviously occasion occasionally occupation
occur offense offer officer official ongoing operate operation operator opinion opponent opportunity oppose opposite
optimize optional orchestra ordinary organic organisation organization organize orientation origin original originally
otherwise outcome output outstanding overall overcome override overview ownership package paragraph parallel parameter
parent parliament participant participate particularly partner partnership passage passenger passion password patent
patient pattern peaceful penalty pension percentage perception perfect perfectly perform performance period permanent
permission permit personal personality personnel perspective phase phenomenon philosophy photograph phrase physician
platform pleasant pleasure plenty poetry pointer policy political politics pollution popular popularity population
portfolio portion positive possess possession possibility potential potentially poverty powerful practical practice
precede precious precise precisely predict prediction prefer preference prefix pregnant preparation prepare presence
presentation preserve president pressure presumably previous previously primarily primary prime principal principle
priority privacy private privilege probability procedure proceed processing produce producer product production
profession professional professor profile profit programmer programming progress project prominent promise promote
promotion prompt proof properly property proportion proposal propose protect protection protein protocol prototype
prove province provision psychological psychology public publication publish purchase purpose pursue qualify quantity
quarter query queue quickly quote random range rapidly rarely reaction readable realistic reality realize reasonable
recall receive recent recently recipe recipient recognition recognize recommend recommendation recommended recover
recovery recursive redirect reduce reduction refer reference reflect reform refund refuse regard regardless regime
region register registration regression regular regularly regulation reject relate relation relationship relative
relatively reliability reliable relief religion religious remain remainder remaining remarkable remember remind remote
remove repair repeat replace replacement repository represent representation representative reproduce republic
reputation request require requirement researcher reserve resident resistance resolution resolve resource respect
respective respectively respond response responsibility responsible restaurant restore restrict restriction retain
retirement retrieve reveal revenue reverse review revision revolution romantic rotation routine sample satellite
satisfaction satisfy scenario schedule scheme scholar science scientific scientist scope screen script season
secondary secret section sector secure security segment selection semantic senator senior sensitive sentence separate
separately sequence serial serious server service session settings settlement several severe shelter shipping shortcut
signal signature significant significantly similarly simplify simply simultaneously situation skeleton slightly smooth
snapshot society software soldier solution somewhat sophisticated source specialist species specific specifically
specification specify spectrum spirit spiritual sponsor stability stack staff stage standard statement static
statistical statistics status stock storage strategic strategy strength stress strong structural structure struggle
studio submission submit subsequent subsequently substance substantial substitute success successful successfully
sufficient suggest suggestion suitable summary superior supply support suppose surface surgery surprise surprising
surround survey survival sustain sustainable symbol sympathy symptom synchronous syntax systematic table talent target
taste technical technique technology telephone television temperature template temporary tendency tension terminal
terminate territory terrorism testing textbook theater theory therapy therefore thoroughly threat threshold throughput
timeout timestamp timezone together tolerance tomorrow tourism tradition traditional traffic transaction transfer
transform transformation transition translate translation transmission transparent transport transportation treasure
treatment tremendous trigger trouble truncated tutorial ultimate ultimately uncertainty undefined undergo underlying
understanding undertake unexpected unfortunately uniform union unique universal universe university unknown unless
unlikely unnecessary unusual update upgrade upload upper urban useful username usual usually utility vacation validate
validation valuable variable variant variation variety various vegetable vehicle verify vertical veteran victim
victory village violate violation violence virtual visible vision visitor visual vitamin vocabulary voltage volume
voluntary volunteer vulnerable wealth weapon weather website wedding weekend weight welcome welfare western whatever
whenever whereas wherever whether whitespace whole wildlife willing wireless withdraw witness wonderful wooden
workflow workshop worldwide worthwhile yesterday yourself
"""
_SNIPPETS = (
    '{"id": "name": "type": "value": null, true, false, "description": "https://www.http://example.com/.org/.html"}]\n'
    '<div class="</div>\n<p></a>&amp; SELECT FROM WHERE ORDER BY GROUP BY INSERT INTO JOIN ON \n```python\nimport \n'
    'from  import def __init__(self, self.class async await return None\nif not  in  is None: raise ValueError("'
    'except Exception as e:\n    for i in range(len(print(f"{ else:\n        try:\n            with open(while True:\n'
    'if __name__ == "__main__":\n```javascript\nconst  = () => {\nlet function( console.log(});\n}\n```bash\npip '
    "install git sudo ```json\n```\n| --- | --- |\n# ## ### **Note:** \n- **:** \n* \n1. **\n2. **\n3. **\n4. **\n5. \n"
    "   - e.g., i.e., etc.). (see == != <= >= -> ... -- 's n't I'm I'll I've you're you'll it's don't doesn't isn't "
    "can't won't didn't let's that's there's here's what's we're they're 2024 2025 2026 2023 2020 100 1000 10 2019 20 "
)
_FREQUENT = """
ability absolutely academic access account achieve across action active activity actual actually addition additional
address advanced advantage advice affect afraid afternoon against agency agree ahead aircraft alive allow allowed
allows almost alone along already alternative although altogether amazing among amount analysis animal answer anybody
anyone anything anyway anywhere apart apparently appeal appear appears applied apply approach appropriate approval
approximately arguments aspect assume attack attention attribute audience author authority available average avoid
background balance based basic basically basis became become becomes began begin behavior behind believed below
benefit benefits best better beyond birth block board books border bottom box brain branch bring broken brother
brought build building built business button buying calculate call called calls cancer cannot career carefully carry
cases cause caused causes cell central century certain certainly chance change changed changes changing characters
cheap check checking choice choose church claim clear clearly client close closed clothes cloud coffee collect color
combine come comes coming command comment common commonly companies company compare compared complete completely
complex computer computing concept concern concerned condition conditions conduct configuration connect connected
connection consider considered considering consists constant contact contain contained contains content contents
context continue continues control converted copies correct cost costs country couple course court cover covered
create created creates creating creation credit crime cross cultural current currently damages daughter deal death
decide decided decision deep defense define defined defines degrees delete deleted demand depend depends depending
describe described describes design designed desired despite detail detailed details determine determined develop
developed developing development differ difference differences difficult difficulty digital direct direction directly
disable disabled discuss discussed discussion divide doing double doubt download drink drive driver during early earth
easier easily east eating edge education effect effects efficient effort eight either electronics else empty enable
enabled enables energy english enjoy enough ensure ensures enter entirely entry environment equal error errors
especially essential etc evening event events ever everybody everyone everything everywhere exact exactly examples
except exceptions existing exists expect expected experience explain explained explains extra eyes face fact factor
factors fail failed fails fair false family father fear features feel feeling feet fell field fields fight figure file
files filled filter final finally find finding fine fish five fixed floor focus follow followed following follows food
foot force forget form former forms four frame free freedom friend friends front full fully functions further future
gain game gas general generally generated gets getting girl gives giving glass goal goals goes going gold goods
government greater green ground group groups grow growing growth guess guide hair half hand handling hands happen
happened happens happy hard hardly having head health hear heard heart heat heavy held hello helpful helps high higher
highest highly hold holding holds home hope hospitals host hot hotel hour hours house huge human hundred husband idea
ideas ignore ignored image images imagine immediate implements importance impose include included includes including
incorrect increase increased indicates individuals influences informed inside instance instances instead instructions
intended interest interested interesting interests invalid involve involved involves island issue issues items itself
jobs join joined keep keeping keeps key keys kill kind kinds knew knowing known knows lack land larger largest late
later latest law laws lead leader leaders leading leads learn learning least leave leaves leaving letter letters level
levels life light likely limit limited limits lines link links list listed lists little live lives living load loading
local located lock logic longer looking looks loop lose lost love low lower machines main mainly major makes making
manually map mark market match matches matching material matter matters mean meaning means measures media meet meeting
members mental messages methods middle might mind minute minutes miss missing mixed mobile model models modified
modules money month months moreover morning mother mouth move moved movement moving multiply music named names nation
nature near nearly necessary needed needs news next night nobody noise none nor north note noted nothing null numbers
objects obtained occurs offered offers office older ones online onto open opened opening operating operations
operators option options orders organizations others ought ours ourselves outside owner page pages paid pain pair
paper parameters parents particular parties parts party pass passed passing past path patients pay paying payment
peace per perhaps permissions person phone physical pick picture piece pieces placed places plan planning plans plant
plants play player playing please plus points police pool poor possibly post power powers practices prepared present
presented press pretty prevent prevents price prices print prior prison probably problem problems process processes
produced produces products programs properties provided provides providing purposes push puts quality question
questions quick quiet quite race raise raised raises rate rates rather raw reach reached read reader reading reads
ready real really reason reasons received receives record records recovered red reduced reducing references referred
refers regions related release released relevant remains removed removes removing rename replaced report reported
reports represents requests required requires requiring research reserved reset resources responses rest results
returned returning returns rich rights rise risk risks river road role roles room root round row rows rule rules run
running runs safe safely safety sale sales save saved say saying says scale school schools scores sea search seat
second seconds secrets seeing seek seem seemed seems seen sees select selected self sell send sending sends sense sent
separated series serve served serves services sets setting setup seven shall shape share shared sharing shell short
showed showing shown shows side sides sign similar simple simpler since single sister site sites six size skill skills
skip slow smaller social somebody somehow someone something sometimes somewhere son soon sort sorted sound south space
speak speaking special speech speed spend spent split spoke sports spread spring square stand standards standing star
start started starting starts stated statements states station stay step steps stone stop stopped stops store stored
stores stories story straight strange stream street strings strongly student students studied studies study style
subject subjects suddenly suffer sum summer sun supplied supported supports supposed sure switch systems taken takes
taking talk talking task tasks tax teach teacher team teams tell telling tells ten term terms test tests texts thank
thanks themselves things think thinking third though thought thoughts thousand thread throughout throw thus times tiny
title today token tokens took tool tools top topic total touch toward towards town track trade train training travel
treat treated tree trees trial tried tries trip true truly truth try trying turn turned turns twice types typical
typically understand understood unit units updated updates upon usage users uses valid values version versions via
view views visit voice wait waiting walk wall wanted wants war warning warnings watch water ways weak wear web week
weeks went west wheel white whose wide wife window windows wish woman women wonder word words worked worker workers
working works worry worse worst worth write writes writing written wrong wrote yeah years yellow yes yet young yours
zero
"""
_PHRASES = """
Thank you for your I hope this helps! Let me know if you have any questions or need further assistance. Could you
please help me to write a I would like to What is the difference between How do I How can I Can you explain Please
provide Certainly! Sure! Of course! Here is an example of how you can Here are some Here's a I'm sorry, but as an AI
language model, I don't have Yes, you can It is important to note that Keep in mind that Make sure that In this case,
On the other hand, For example, for instance, In addition, In addition to Additionally, As a result, However,
Therefore, Furthermore, Finally, First, Second, Then, Instead, Also, Overall, In general, In conclusion, in summary,
By default, Note that if you want to If you are not sure You may need to You should You can also There are several
ways to There is no This is because This means that This can be done by One of the most As well as such as according
to due to the fact that in order to in terms of in the form of as long as as soon as at the end of at the same time at
least at most based on because of a number of a set of the number of the value of the name of the rest of the use of
the use of this the following the same as the first the second the last the most each of the some of the all of the
one of the part of the is used to can be used to is based on is required for is not available does not have do not
need has been have been had been will be able to would have been could be should not be must be may be might be may
not be cannot be to be used is defined as are listed below with respect to with regard to whether or not more than one
less than two or more up to rather than other than so that even if only if and if not and/or either or neither nor
instead of from the into the out of the over the between the and through the against the under the within the without
a during the before the after the until the
"""
_MOST_FREQUENT = """
able about above according after again ago all also always am and another any are around as ask at away back bad
because been before being between both but by came can case could day days did different do does done down each end
even every example few first for found from function get give given go good great had has have he help her here him
himself his how however i if important in information into is it its just know large last left like line long look
made make man many may me men method more most much must my name need never new no not now number object of off often
old on once one only or order other our out over own part people place point possible program provide put result
return right said same see set she should show small so some specified state still string such system take text than
that the their them then there these they thing this those three through time to too two type under until up us use
used user using value very want was way we well were what when where which while who why will with within without work
world would year you your It is the He was She had We have They are There is But And If you In the On the At the To be
A The This That These You I As an For a With the From When the While What How Why Where Who Not No Yes By using After
the Before any each ing the ed the s and ly to tion of the ment ness able ful less ity ive ous ent ant al er est ation
of ations and ing to it was not a to have as it that they are and that it on a by a with a from a as a for the with
the from the by the at the that the is that and a is not are not can be will be has been have been which is it is this
is that is there are you can if the and the on the for the in a is a of a to a , and , but , or , which , the . In .
It . This . If . A . You . The to be in the to the of the and the of and to in is that the a
"""


def _line(words: str) -> str:
    return f" {' '.join(words.split())} "


DICTIONARY = (
    _line(_PORTUGUESE)
    + _line(_LESS_FREQUENT)
    + _SNIPPETS
    + _line(_FREQUENT)
    + _line(_PHRASES)
    + _line(_MOST_FREQUENT).replace(" , ", ", ").replace(" . ", ". ")
).encode()
