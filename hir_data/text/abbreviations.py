"""Words in front of a full stop that may not end a sentence, and words with which sentences begin.

Of English, German, French, Spanish, Russian, Arabic and Hindi; in lower case where nothing else is said.
"""


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


# A name follows. With a capital, since "rep" and "hon" are words as well.
TITLES = _words(
    """
    Mr Mrs Ms Messrs Dr Drs Prof Gen Col Capt Cpt Cmdr Cdr Lt Sgt Cpl Maj Adm Gov Sen Rep Pres Rev Hon St Fr
    Wm Chas Thos Jas Robt Avda
    Mt Ft Insp Supt Amb Atty Msgr
    Bzgl Zzgl Hrsg Sto Sta Excmo Ilmo Fco Mons Lcdo Hno Hna Доц
    Hr Fa Ing Dipl Mme Mlle MM Mgr Me Sr Sra Srta Dra D Dña Lic Arq Gral Prof Profa Sig Dott Проф Акад
    """
)
# Whatever follows belongs to the same sentence.
PREFIXES = _words(
    """
    e.g i.e eg ie cf viz vs v approx ca resp incl excl esp avg assoc a.k.a w.r.t
    mr mrs dr prof bzw vgl z.b d.h u.a z.t i.d.r evtl ggf inkl exkl z s.o s.u v.a i.a u.u o.g o.ä
    sig sigg sig.ra dott dott.ssa avv dhr mevr bijv o.a d.w.z m.b.t np tzn tzw m.in ul
    sog bspw zzgl ehem urspr allg geb gest p.ex c.-à-d ee p.ej
    т.е т.к см им ул проф акад долл англ лат род ок прим изд ред пос обл респ им св оз ср
    пл напр гр просп пер корп т.н
    доц т.ч рук пгт мкр
    bzgl betr einschl gem insb insbes mind versch p.s p.p.s n.b par.ex
    स्व डा इंजी एड
    د أ م
    डॉ श्री श्रीमती पं प्रो कु सुश्री
    """
)
# So does a number behind one of these.
BEFORE_NUMBERS = _words(
    """
    no nos nr rs
    pg pgs para paras ll fn n art arts fig figs eq eqs vol vols p pp ch chap sec sect par ex op tab
    ref refs app pt bk ed eds ver max min apr lt
    abb bd kap abs jh s anm aufl jg tel pl
    pág págs núm cap tomo
    стр рис табл гл п пп ст с д кв № разд тел
    नं सं पृ
    रु रू क्र
    ص
    n° nº
    """
)
# These may stand at the end of a sentence, or not.
ANYWHERE = _words(
    """
    etc al inc ltd co corp llc plc bros jr sr phd ph.d m.d b.a m.a b.sc m.sc d.c u.s u.k u.s.a u.n e.u a.m p.m
    b.c a.d b.c.e c.e dept est assn univ ave blvd rd apt
    tel ext temp
    usw usf u.s.w u.v.m u.ä mio mrd tsd str jhd st std
    j.-c av env éd hab bd
    uu a.c d.c ud uds vd vds aprox admón
    г гг в вв др пр т.д т.п и.т.д н.э тыс млн млрд руб коп мин сек ч обл р-н
    dpto izq dcha cía boul tél
    ई.पू कि.मी मि.मी वि.सं
    """
)
MOSTLY_LAST = _words("etc usw a.m p.m т.д т.п др")  # of them
UNITS = _words(
    "tbsp tsp in ft yd mi lb lbs oz min hr hrs sec kg km cm mm g h std sek мин сек тыс"
)  # behind a number
SHORT_CALENDAR = _words(
    """
    Jan Feb Mar Apr Jun Jul Aug Sep Sept Oct Nov Dec Mon Tue Tues Wed Thu Thur Thurs Fri Sat Sun
    Jän Okt Dez Mo Di Sa
    janv févr avr juil oct nov déc ene feb abr jun jul ago dic
    янв фев февр апр авг сент окт нояб дек
    """
)
# Two of these with a space between them are one word.
SPACED = _words(
    """
    z.b d.h u.a z.t i.d e.g i.e a.m p.m p.ej p.ex par.ex т.е т.к т.д т.п т.н т.ч н.э
    ee.uu ph.d u.s u.k s.o s.u a.c d.c
    """
)
# With these a sentence often begins, and hardly ever the name behind an abbreviation.
STARTERS = _words(
    """
    he she it they we i you the a an this that these those there here in on at but and or so if when then what
    who why how where is are was were do does did my our his her its their your after before while as for with
    however also yet not no yes please thanks by from to
    er sie es wir ich ihr du der die das ein eine dann danach aber und in im am auf wenn als mein unser
    il elle ils elles nous vous je tu on le la les un une des ce cette puis mais et dans en quand si
    él ella ellos nosotros yo tú el los las una este esta luego pero y cuando
    он она оно они мы вы я ты это этот в на но и а потом когда если там тут затем здесь после его её их
    """
)
MONTHS = _words(
    """
    january february march april may june july august september october november december
    januar jänner februar märz mai juni juli oktober dezember
    """
)
CALENDAR = MONTHS | _words("monday tuesday wednesday thursday friday saturday sunday")
BEFORE_ORDINALS = _words(
    """
    am im vom zum zur der die das den dem des seit bis ab beim nach und jeder jedes jeden jede
    mein meine meinen meinem meiner dein deine deinen deinem deiner sein seine seinen seinem seiner
    ihr ihre ihren ihrem ihrer unser unsere unseren unserem unserer ein eine einen einem einer
    """
)
SAYING = _words(
    """
    said says asked asks cried cries shouted shouts yelled replied replies whispered answered exclaimed called
    added screamed muttered murmured laughed sighed snapped begged
    कहा पूछा बोला बोली चिल्लाया चिल्लाई قال قالت صاح صاحت سأل سألت
    कहते कहती पूछते पूछती बोले चिल्लाए फुसफुसाया फुसफुसाई
    صرخ صرخت أجاب أجابت رد ردت ردّ ردّت هتف هتفت نادى نادت همس همست تساءل تساءلت يقول تقول أضاف أضافت
    """
)
# The letters of the Latin alphabet as Hindi spells them: initials. Those that are words as well are only
# initials beside others.
SPELT_INITIALS = _words("ए बी सी डी ई एफ एच जे एल एम एन ओ पी क्यू आर एस टी यू वी डब्ल्यू एक्स वाई ज़ेड")
SPELT_WORDS = _words("आई के जी")
